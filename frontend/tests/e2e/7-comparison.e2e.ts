import { expect } from 'vitest'
import type { Comparison } from '@/api/comparing'
import type { CyclePage } from '@/api/types'
import { api, button, home, seen, settled } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

flow('the county goes from the rollup to the year, the changes and the periods', desk, async (visit) => {
  const page = await visit.as('county')
  const cycle = (await api<CyclePage>(page, 'cycles')).items[0]?.id ?? ''
  const told = await api<Comparison>(page, `cycles/${cycle}/comparison`)
  await page.goto(`${await home(page)}/rollup/${cycle}`)
  await settled(page)
  const choose = (name: string) => page.locator('.el-radio-button', { hasText: new RegExp(`^${name}$`) }).click()
  await choose('累计')
  await seen(page.getByText(`含 ${told.rows[0]?.year_included}/${told.year_keys.length} 期`).first())
  expect(await page.locator('.frame tbody tr').count()).toBe(told.rows.length)
  await choose('对比')
  await seen(page.getByText(/上期/).first())
  await choose('各期')
  await seen(page.getByRole('img', { name: /各期走势/ }).locator('svg'))
  await seen(page.getByRole('img', { name: /从多到少/ }).locator('svg'))
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(await page.evaluate(() => window.innerWidth))
})

flow('a village compares its own report with its past', phone, async (visit) => {
  const page = await visit.as('village')
  const cycle = (await api<CyclePage>(page, 'cycles')).items[0]?.id ?? ''
  await page.goto(`${await home(page)}/compare/${cycle}`)
  await settled(page)
  await seen(page.getByRole('heading', { name: /对比分析/ }))
  expect(await page.locator('.el-radio-button', { hasText: '累计' }).count()).toBe(0)
})

flow('the month is drafted in words, edited and taken along as a document', desk, async (visit) => {
  const page = await visit.as('town')
  const cycle = (await api<CyclePage>(page, 'cycles')).items[0]?.id ?? ''
  await page.goto(`${await home(page)}/statement/${cycle}`)
  await settled(page)
  const turnout = page.getByLabel('一、报送情况')
  expect(await turnout.inputValue()).toContain('应报单位')
  await turnout.fill('本月报送情况良好。')
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, '导出 Word 文档').click()])
  expect(file.suggestedFilename()).toMatch(/\.docx$/)
})
