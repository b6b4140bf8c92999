import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { button, cycleOf, dialog, home, ownReport, seen, settled } from './steps'
import { flow, phone, useBrowser } from './visit'

useBrowser()

/** The report without cases, sent to the unit's own leader. */
async function sendZero(page: Page): Promise<void> {
  await page.getByRole('button', { name: '零报告', exact: true }).click()
  await dialog(page).getByRole('button').last().click()
  await seen(page.getByText('已送本单位签批'))
  await seen(page.getByText('等待本单位负责人签批。'))
}

flow('a village signs inside: sent for signature, sent back, signed by its leader and so handed in', phone, async (visit) => {
  const admin = await visit.as('town-admin', '/', 'desk')
  const cycle = await cycleOf(admin, 'f3')
  await admin.goto(`${await home(admin)}/forms/${cycle.form.version_id}`)
  const panel = admin.locator('section', { has: admin.getByPlaceholder('查单位') })
  const village = await visit.as('village')
  const report = await ownReport(village, 'f3')
  const name = (await village.request.get('/api/auth/me').then((answer) => answer.json()) as { memberships: { unit: { name: string } }[] }).memberships[0]?.unit.name ?? ''
  await panel.getByPlaceholder('查单位').fill(name)
  const choose = async (steps: string) => {
    await panel.locator('tbody .el-select').first().click()
    await admin.locator('.el-select-dropdown:visible').getByText(steps, { exact: true }).click()
    await seen(admin.getByText('已保存。'))
  }
  await choose('制表 → 签批')

  await village.goto(report)
  await settled(village)
  if (await button(village, '撤回').isVisible()) {
    await button(village, '撤回').click()
    await dialog(village).getByRole('button', { name: '撤回' }).click()
  }
  await seen(button(village, '送签'))
  await sendZero(village)

  const leader = await visit.as('village-leader')
  await leader.locator('.card', { hasText: '签批' }).getByRole('button', { name: '去签批' }).first().click()
  await seen(leader.getByText('请核对数字，无误请点“签批上报”'))
  await seen(leader.getByText('零报告：本期无此类情况'))
  await button(leader, '退回修改').click()
  await dialog(leader).locator('textarea').fill('有一起要报，请核对')
  await dialog(leader).getByRole('button', { name: '退回修改' }).click()
  await seen(leader.getByText('已退回制表人。'))

  await village.goto(`${await home(village)}/inbox`)
  const back = village.locator('.card', { hasText: '内部退回' })
  await seen(back.getByText('有一起要报，请核对'))
  await back.getByRole('button', { name: '去修改' }).click()
  await sendZero(village)
  await button(village, '取回修改').click()
  await seen(village.getByText('已取回'))
  await sendZero(village)

  await leader.goto(report)
  await button(leader, '签批上报').click()
  await seen(leader.getByText('已签批并上报。'))
  await settled(leader)
  // The signature line of the official sheet names both.
  await expect.poll(() => leader.locator('.signs').textContent()).toMatch(/李秀兰.*王建国/)
  await choose('不签批')
})
