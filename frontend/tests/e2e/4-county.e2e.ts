import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { Rollup } from '@/api/types'
import { api, button, cycleOf, gone, home, seen, settled } from './steps'
import { COUNTY, desk, flow, PASSWORD, phone, type Visit, useBrowser } from './visit'

useBrowser()

async function rollup(visit: Visit, query = ''): Promise<Page> {
  const page = await visit.as('county')
  const cycle = await cycleOf(page, 'f1')
  await page.goto(`${await home(page)}/rollup/${cycle.id}?money=yuan${query}`)
  await seen(page.locator('tr.total, .group, .tabs'))
  return page
}

const figures = (page: Page, row: string) => page.locator(row).first().locator('td button').allInnerTexts()

flow('the overview shows how far each form is, who lags, the figures and how they move', desk, async (visit) => {
  const page = await visit.as('county')
  await seen(page.getByRole('heading', { name: /月总览$/ }))
  // Two forms of the month, and the table of a task.
  expect(await page.locator('.forms button').count()).toBe(3)
  await seen(page.locator('.forms button').first().getByText(/^村（社区）已报 \d+\/\d+$/))
  await seen(page.locator('.forms button').first().getByText(/^镇街已上报 \d+\/\d+$/))
  for (const [title, word] of [['任务', '督办'], ['紧急事项', '待签收'], ['年度计划', '事项完成']] as const) await seen(page.getByRole('link', { name: new RegExp(`^${title}.*${word}`) }))
  await seen(page.getByRole('heading', { name: '各镇街进度' }))
  for (const column of ['本期', '比上期', '同比', '本年累计']) await seen(page.getByRole('columnheader', { name: column }))
  await seen(page.getByRole('link', { name: '沣水镇' }))
  const figure = page.getByRole('row', { name: /走访慰问/ }).getByRole('link')
  expect(Number((await figure.innerText()).replace(/,/g, ''))).toBeGreaterThan(0)
  const charts = page.locator('canvas, svg[role=img], .chart svg')
  await seen(charts)
  expect(await charts.count()).toBeGreaterThan(3)
  await figure.click()
  await seen(page.getByText('查看来源'))
})

flow('where a part of the overview can not be read the rest stands, and it is read again', desk, async (visit) => {
  visit.refusal(/50[03]|Failed to load/)
  const page = await visit.stranger()
  await page.route('**/api/tasks/summary', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"code":"broken","detail":"x"}' }))
  await page.request.post('/api/auth/sign-in', { data: { county_code: COUNTY, sign_name: 'county', password: PASSWORD } })
  await page.goto('/')
  const strip = page.locator('.strip').filter({ hasText: '任务' })
  await seen(strip.getByText('没有取到数据'))
  await seen(page.getByRole('link', { name: /^年度计划.*事项完成/ }))
  await page.unroute('**/api/tasks/summary')
  await strip.getByRole('button', { name: '重试' }).click()
  await seen(page.getByRole('link', { name: /^任务.*督办/ }))
})

flow('the rollup has both figures, the total first, and shows what is missing as missing', desk, async (visit) => {
  const page = await rollup(visit)
  const cycle = await cycleOf(page, 'f1')
  const { totals, rows } = await api<Rollup>(page, `cycles/${cycle.id}/rollup`)
  const shown = await figures(page, 'tr.total')
  expect(shown[0]?.replace(/,/g, '')).toBe(totals.live.jf_pc)
  const top = await page.locator('tr.total').boundingBox()
  const unit = await page.locator('tbody:not(.totals) tr').first().boundingBox()
  expect(top?.y ?? 0).toBeLessThan(unit?.y ?? 0)
  // The county's own month has not been filled: a row that says so, without a single zero.
  const own = page.locator('tr.own')
  await seen(own.getByText('未报，不计入合计'))
  expect(await own.locator('td button').count()).toBe(0)

  await page.locator('.el-radio-button', { hasText: '已审' }).click()
  await seen(page.locator('tbody').getByText('未汇总上报'))
  expect(await page.locator('tbody .absent').count()).toBe(rows.filter((row) => row.reported === null).length)
  const reported = await figures(page, 'tr.total')
  expect(reported[0] ?? '').not.toBe(shown[0])
})

flow('from a township to a village to who reported the number, when, in which revision', desk, async (visit) => {
  const page = await rollup(visit)
  await button(page, '展开沣水镇').click()
  const villages = page.locator('tbody tr.child')
  await expect.poll(() => villages.count()).toBeGreaterThan(15)
  await seen(villages.getByText('未报，不计入合计'))
  const village = villages.filter({ has: page.locator('td button') }).first()
  const name = (await village.locator('th').innerText()).trim()
  await village.locator('td button').nth(1).click()
  const drawer = page.getByRole('dialog', { name: '查看来源' })
  await seen(drawer.getByRole('heading', { name }))
  await seen(drawer.getByText(/.+ 于 \d+月\d+日 \d\d:\d\d 上报/))
  await seen(drawer.getByText(/取自第 \d+ 稿/))
  await drawer.getByRole('button', { name: '打开这份报表' }).click()
  await seen(page.getByRole('heading', { name: '退役军人服务站月度工作情况表' }))
  await seen(page.getByRole('heading', { name: '办理经过' }))
})

flow('the official sheet is exported with progress and is a workbook', desk, async (visit) => {
  const page = await rollup(visit)
  await button(page, /^导出$/).click()
  await page.getByRole('menuitem', { name: '官方表' }).click()
  await seen(page.getByRole('status').filter({ hasText: /正在生成… \d+%/ }).or(button(page, '已生成，点此下载')))
  const done = button(page, '已生成，点此下载')
  await done.waitFor({ timeout: 60_000 })
  const [download] = await Promise.all([page.waitForEvent('download'), done.click()])
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
  const bytes = await buffer(await download.createReadStream())
  expect(bytes.subarray(0, 2).toString()).toBe('PK')
  expect(bytes.length).toBeGreaterThan(5_000)
})

flow('approving the township makes its figures count as reported', desk, async (visit) => {
  const page = await visit.as('county')
  const cycle = await cycleOf(page, 'f1')
  await page.goto(`${await home(page)}/month?cycle=${cycle.id}`)
  await page.locator('.queue button', { hasText: '沣水镇' }).click()
  await seen(page.locator('.desk > header h2', { hasText: '沣水镇' }))
  await button(page, /^通过/).click()
  await seen(page.getByText(/沣水镇已通过/))
  await page.goto(`${await home(page)}/rollup/${cycle.id}?basis=reported`)
  const row = page.locator('tbody tr', { hasText: '沣水镇' })
  await seen(row.locator('td button'))
  await gone(row.locator('.absent'))
})

flow('the month can be looked through, and a link keeps what was chosen', desk, async (visit) => {
  const page = await rollup(visit, '&tab=texts')
  await settled(page)
  expect(await page.getByRole('tab', { name: '文字情况' }).getAttribute('aria-selected')).toBe('true')
  await page.getByRole('tab', { name: '工作情况' }).click()
  await page.locator('.el-radio-button', { hasText: '已审' }).click()
  await expect.poll(() => page.url()).toContain('basis=reported')
  await page.reload()
  await seen(page.locator('.el-radio-button.is-active', { hasText: '已审' }))
})

flow('the reasons that were given below stand behind the mark beside a figure', phone, async (visit) => {
  const page = await visit.as('county')
  const cycle = await cycleOf(page, 'f1')
  await page.goto(`${await home(page)}/rollup/${cycle.id}`)
  const mark = page.locator('sup.said').first()
  await seen(mark)
  await mark.click()
  const told = page.locator('.el-drawer section.said p').first()
  await seen(told)
  expect(await told.locator('b').innerText()).not.toBe('')
})
