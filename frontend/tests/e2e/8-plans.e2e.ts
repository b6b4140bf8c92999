import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { Plan, PlanOverview } from '@/api/plans'
import { api, button, dialog, home, path, seen, settled } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

/** Next year: nobody of the demonstration has planned it. */
const NEXT = new Date(Date.now() + 8 * 3_600_000).getUTCFullYear() + 1
const NOW = NEXT - 1
const named = (page: Page, unit: string, year: number) => button(page, `${unit}${String(year)}年度工作计划`).first()

/** Presses a button that asks why, and says it. */
async function because(page: Page, name: string, why: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
  await dialog(page).getByRole('textbox').fill(why)
  await dialog(page).getByRole('button', { name, exact: true }).click()
}

flow('the county sets emphases, a township takes them up, mends what came back, and changes it with a reason', desk, async (visit) => {
  const county = await visit.as('county')
  await county.goto(`${await home(county)}/plans?tab=own&year=${String(NEXT)}`)
  await button(county, /沿用上年事项（\d+ 项）/).click()
  await button(county, '提交审批').click()
  await seen(county.getByText('已提交审批'))
  const leader = await visit.as('county-leader')
  await leader.goto(`${await home(leader)}/inbox`)
  await named(leader, '张店区退役军人事务局', NEXT).click()
  await button(leader, '审核通过').click()
  await seen(leader.getByText('已批准'))

  const town = await visit.as('town')
  await town.goto(`${await home(town)}/inbox`)
  // What asks for a plan leads to the township's own year.
  await town.locator('article', { hasText: '张店区退役军人事务局的计划已批准' }).getByRole('button', { name: '去编制' }).click()
  await button(town, /承接张店区退役军人事务局的重点（\d+ 项）/).click()
  await town.getByRole('button', { name: '上报', exact: true }).click()
  await seen(town.getByText('待审核的计划'))

  await county.goto(`${await home(county)}/inbox`)
  await named(county, '沣水镇', NEXT).click()
  await because(county, '退回', '请补充莫𡐓村的培训安排')
  await seen(county.getByText('已退回'))
  await town.goto(`${await home(town)}/inbox`)
  await named(town, '沣水镇', NEXT).click()
  await seen(town.getByText('上级退回：请补充莫𡐓村的培训安排'))
  await button(town, '加一项').click()
  await town.getByLabel('做什么（事项）').last().fill('=cmd| 莫𡐓村台账培训')
  await town.waitForTimeout(800)
  await town.reload()
  await seen(town.getByText('已恢复上次没有保存的内容。'))
  expect(await town.getByLabel('做什么（事项）').last().inputValue()).toBe('=cmd| 莫𡐓村台账培训')
  await button(town, /项没有责任人，都填/).click()
  await town.getByRole('button', { name: '上报', exact: true }).click()
  await seen(town.getByText('待审核的计划'))
  await county.reload()
  await button(county, '审核通过').click()
  await seen(county.getByText('已审核通过'))

  await town.reload()
  await because(town, '变更', '人员调整')
  await town.getByLabel('做什么（事项）').first().fill('服务站全部达标')
  await button(town, '删除这一项').last().click()
  await town.getByRole('button', { name: '上报', exact: true }).click()
  await seen(town.getByText('待审核的变更'))
  await county.reload()
  await seen(county.getByText('变更原因：人员调整'))
  await seen(county.locator('li', { hasText: '调出' }).getByText('=cmd| 莫𡐓村台账培训'))
  await button(county, '审核通过').click()
  await seen(county.getByText('历次变更'))
  const plan = await api<Plan>(county, `plans/${path(county).split('/').at(-1) ?? ''}`)
  expect([plan.state, plan.items[0]?.what, plan.items.some((one) => one.what.includes('cmd'))]).toEqual(['approved', '服务站全部达标', false])
})

flow('a village takes up its township’s plan on a phone, from the inbox to handed in', phone, async (visit) => {
  const village = await visit.as('village')
  await village.goto(`${await home(village)}/inbox`)
  await village.locator('article', { hasText: '沣水镇的计划已批准' }).getByRole('button', { name: '去编制' }).click()
  await button(village, /承接沣水镇的重点/).click()
  await village.getByRole('button', { name: '删除这一项' }).last().click()
  await button(village, /^服务站全部达标/).click()
  await village.getByLabel('完成标准').fill('村站达标')
  await button(village, /项没有责任人，都填李秀兰/).click()
  await village.getByRole('button', { name: '上报', exact: true }).click()
  await seen(village.getByText('待审核的计划'))
  await seen(village.getByText('村站达标'))
})

flow('a late item leads from the inbox to its progress; a quarter is summed up, returned, mended and accepted', phone, async (visit) => {
  const village = await visit.as('village')
  await village.goto(`${await home(village)}/inbox`)
  const late = village.locator('article', { hasText: '计划事项逾期' })
  await seen(late.getByText('1 项已过完成日期'))
  await late.getByRole('button', { name: '报进展' }).click()
  await village.locator('li', { hasText: '逾期' }).getByRole('button', { name: '报进展' }).click()
  await dialog(village).getByText('已完成', { exact: true }).click()
  await dialog(village).getByLabel('说明').fill('“八一”补走访8户')
  await button(village, '提交').click()
  await seen(village.getByText('“八一”补走访8户'))
  const plan = await api<Plan>(village, `plans/${path(village).split('/').at(-1) ?? ''}`)
  expect([plan.counts.late, plan.year]).toEqual([0, NOW])

  // The year's, for its words are the same on any day.
  await button(village, '全年总结').click()
  await village.waitForURL(/\/plan-summaries\//)
  await village.locator('textarea').last().fill('下步：春节前走访莫𡐓村')
  await button(village, '报送').click()
  await seen(village.getByText('待审阅'))
  const town = await visit.as('town', '/', 'desk')
  await town.goto(`${await home(town)}/inbox`)
  await button(town, new RegExp(`范王村委会${String(NOW)}年度工作总结`)).first().click()
  await seen(town.getByText('“八一”补走访8户'))
  await because(town, '退回', '请补充困难老兵情况')
  await village.goto(`${await home(village)}/inbox`)
  await village.locator('article', { hasText: '工作小结退回' }).filter({ hasText: '请补充困难老兵情况' }).getByRole('button', { name: '去修改' }).click()
  await button(village, '修改重报').click()
  await seen(village.getByText('第 2 稿'))
  await button(village, '报送').click()
  await seen(village.getByText('待审阅'))
  await town.goto(`${await home(town)}/inbox`)
  await button(town, new RegExp(`范王村委会${String(NOW)}年度工作总结`)).first().click()
  await button(town, '收下').click()
  await seen(town.getByText('已收下'))
})

flow('the county looks over the year, and at who took its emphases up', desk, async (visit) => {
  const county = await visit.as('county')
  const start = await home(county)
  await county.goto(`${start}/plans`)
  await settled(county)
  const shown = await api<PlanOverview>(county, `plans/overview?year=${String(NOW)}`)
  expect(await county.locator('tbody tr').count()).toBe(shown.rows.length)
  expect(await county.locator('.lane a').count()).toBe(shown.rows.reduce((sum, row) => sum + row.bars.length, 0))
  await county.locator('tbody th').getByRole('link', { name: '沣水镇' }).click()
  await seen(county.locator('tbody').getByRole('link', { name: '范王村', exact: true }))
  await county.goto(`${start}/plans?tab=own`)
  await button(county, '承接情况').click()
  await seen(county.getByText(/^\d+\/13 个单位承接/))
  await county.locator('li').getByRole('link', { name: '沣水镇' }).first().click()
  await seen(county.getByRole('heading', { name: `沣水镇${String(NOW)}年度工作计划` }))
  await button(county, '承接情况').click()
  await seen(county.getByRole('link', { name: '范王村' }))
})
