import { expect } from 'vitest'
import type { Stations } from '@/api/station'
import { api, button, dialog, gone, home, seen, settled } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

flow('a village fills its sections and what is lacking grows less', phone, async (visit) => {
  const page = await visit.as('village')
  await page.goto(`${await home(page)}/stations`)
  await settled(page)
  const lacks = async () => Number(/\d+/.exec((await page.getByRole('heading', { name: /^还缺 \d+ 项$/ }).textContent()) ?? '')?.[0] ?? 0)
  const before = await lacks()

  await page.locator('#station-organisation').getByRole('button', { name: '填写' }).click()
  await dialog(page).getByLabel('站长由谁兼任').click({ force: true })
  await page.getByRole('option', { name: '其他' }).click()
  await button(page, '保存').click()
  await gone(page.locator('[role=dialog]:visible'))
  await seen(page.getByRole('button', { name: '站长由书记或主任兼任' }))
  expect(await lacks()).toBe(before + 1)

  await page.getByRole('button', { name: '站长由书记或主任兼任' }).click()
  await dialog(page).getByLabel('站长由谁兼任').click({ force: true })
  await page.getByRole('option', { name: '书记', exact: true }).click()
  await button(page, '保存').click()
  await gone(page.locator('[role=dialog]:visible'))
  await gone(page.getByRole('button', { name: '站长由书记或主任兼任' }))
  expect(await lacks()).toBe(before)

  await page.locator('#station-funds').getByRole('button', { name: '填写' }).click()
  await dialog(page).getByLabel('已支出').fill('12.345')
  await seen(page.getByText('请填写不超过两位小数的金额'))
  expect(await button(page, '保存').isDisabled()).toBe(true)
  await dialog(page).getByLabel('年度预算').fill('12,000.10')
  await dialog(page).getByLabel('已到位').fill('12000.1')
  await dialog(page).getByLabel('已支出').fill('12000.11')
  await button(page, '保存').click()
  await gone(page.locator('[role=dialog]:visible'))
  await seen(page.getByText('12,000.10 元'))
  await seen(page.getByText('支出数大于到位数，请核对。'))
})

flow('the county reads its townships, then the villages of one, and takes the sheet', desk, async (visit) => {
  const page = await visit.as('county')
  await page.goto(`${await home(page)}/stations`)
  await settled(page)
  const year = new Date().getFullYear()
  const whole = await api<Stations>(page, `stations?year=${String(year)}`)
  const town = whole.rows.find((row) => row.below !== null)
  if (!town?.below) throw new Error('no township')
  await page.getByRole('row').filter({ hasText: town.unit }).getByRole('link', { name: /^建站/ }).click()
  await seen(page.getByRole('heading', { name: town.unit }))
  await settled(page)
  expect(await page.locator('tbody tr:not(.total)').count()).toBe(town.below.units + 1)
  await page.locator('tbody tr:not(.total)').nth(1).getByRole('link').click()
  await seen(page.getByRole('heading', { name: '机构' }))
  await page.getByRole('link', { name: '‹ 服务站' }).click()
  await seen(page.getByRole('heading', { name: town.unit }))
  const coming = page.waitForEvent('download')
  await button(page, '导出经费表').click()
  expect((await coming).suggestedFilename()).toContain('经费使用情况表')
})

flow('a village takes its roster as a sheet', phone, async (visit) => {
  const page = await visit.as('village')
  await page.goto(`${await home(page)}/staff`)
  await settled(page)
  const coming = page.waitForEvent('download')
  await button(page, '导出花名册').click()
  expect((await coming).suggestedFilename()).toContain('工作人员花名册')
})
