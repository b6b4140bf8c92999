import { expect } from 'vitest'
import {
  box, button, cell, clipboard, cycleOf, dialog, explain, focusedCell, gone, home, ownReport, paste, reportsBelow, saved, seen,
  type, userOf,
} from './steps'
import { desk, flow, phone, type Visit, useBrowser } from './visit'

useBrowser()

/** A village of the demonstration's township whose month has not begun. */
async function idleVillage(visit: Visit, at: number): Promise<string> {
  const town = await visit.as('town')
  const idle = (await reportsBelow(town, 'f1')).filter((one) => one.state === 'not_started')
  const found = idle[at]
  if (!found) throw new Error('every village has begun')
  return userOf(found)
}

flow('the monthly table is filled by keyboard, from the clipboard, and checked at once', desk, async (visit) => {
  const page = await visit.as('village')
  await page.locator('.card', { hasText: '月度工作情况表' }).getByRole('button', { name: '去核对' }).click()
  await seen(page.getByRole('heading', { name: '退役军人服务站月度工作情况表' }))

  // Last period beside this one; what differs from it is tinted.
  await seen(page.locator('tr.then th', { hasText: '上期' }))
  await box(page, 'jf_pc').click()
  await type(page, '2', 'ArrowRight')
  expect(await focusedCell(page)).toBe('jf_rc')
  await type(page, '1', 'Tab')
  expect(await focusedCell(page)).toBe('jf_jt')
  await type(page, '0', 'Enter')
  expect(await focusedCell(page)).toBe('sd_rc')
  await type(page, '1', 'ArrowLeft')
  // The first press goes to the start of what was typed, the next one leaves.
  await page.keyboard.press('ArrowLeft')
  expect(await focusedCell(page)).toBe('jf_jt')
  await page.keyboard.press('ArrowDown')
  expect(await focusedCell(page)).toBe('lb_rc')
  await page.keyboard.press('Shift+Tab')
  expect(await focusedCell(page)).toBe('zf_rc')

  // One visitor for two visits can't be: said at once, and the sentence leads to the cell.
  const wrong = page.locator('.strip button', { hasText: '不应少于' }).filter({ hasText: '（1）' })
  await seen(wrong)
  await seen(page.locator('footer', { hasText: /须改正 \d 处/ }))
  await wrong.click()
  expect(['jf_pc', 'jf_rc']).toContain(await focusedCell(page))
  await box(page, 'jf_rc').fill('97')
  await gone(wrong)
  await seen(page.locator('[data-cell="jf_rc"].changed'))

  // A row out of Excel: thousands separated, one column too many for what may be typed.
  await box(page, 'ww_rc').click()
  await paste(page, '3\t1,200\t"480"\t9,999\n')
  await seen(page.getByText('已粘贴 3 格；1 格由系统计算，未覆盖'))
  await expect.poll(() => box(page, 'wj_je').inputValue()).toBe('1,200')
  await expect.poll(() => cell(page, 'ww_je').innerText()).toBe('1,680')
  await box(page, 'zf_rc').fill('8')
  await box(page, 'zf_hc').fill('6')
  await box(page, 'lb_rc').fill('2')

  await button(page, '其余填 0').click()
  await seen(page.getByText(/已把 \d+ 个空格填为 0/))
  await expect.poll(() => box(page, 'hd_rc').inputValue()).toBe('0')
  await saved(page)
  await page.reload()
  await expect.poll(() => box(page, 'wj_je').inputValue()).toBe('1,200')
  await expect.poll(() => box(page, 'hd_rc').inputValue()).toBe('0')

  await explain(page)
  await button(page, '上报').click()
  const receipt = dialog(page)
  await seen(receipt.getByText('【回执】'))
  await receipt.getByRole('button', { name: '复制回执' }).click()
  expect(await clipboard(page)).toMatch(/^【回执】范王村委会 .+已于 .+上报（第 1 稿），上报人李秀兰。$/)
  await page.keyboard.press('Escape')
  await recalled(page)
  await expect.poll(() => box(page, 'wj_je').inputValue()).toBe('1,200')
})

async function recalled(page: Awaited<ReturnType<Visit['as']>>): Promise<void> {
  await button(page, '撤回').first().click()
  await dialog(page).getByRole('button', { name: '撤回' }).click()
  await seen(page.getByText('已撤回，可以修改了。'))
  await seen(button(page, '上报'))
}

flow('on a phone the table is cards with number keys, handed in and recalled', phone, async (visit) => {
  const user = await idleVillage(visit, 0)
  const page = await visit.as(user)
  await page.locator('.card', { hasText: '月度工作情况表' }).getByRole('button', { name: '填写' }).click()
  const visits = page.getByLabel('接待来访 · 批次')
  await seen(visits)
  expect(await visits.getAttribute('inputmode')).toBe('numeric')
  expect(await page.getByLabel('临时帮扶 · 金额').getAttribute('inputmode')).toBe('decimal')
  await seen(page.locator('[data-cell="jf_pc"] .last', { hasText: '上期' }))
  await visits.fill('2')
  await page.getByLabel('接待来访 · 人次').fill('1')
  await seen(page.locator('[data-cell="jf_rc"] .trouble, [data-cell="jf_pc"] .trouble'))
  await page.getByLabel('接待来访 · 人次').fill('3')
  await gone(page.locator('.trouble'))
  await button(page, '其余填 0').click()
  await seen(page.getByText(/已把 \d+ 个空格填为 0/))
  await saved(page)
  await page.reload()
  await expect.poll(() => page.getByLabel('接待来访 · 批次').inputValue()).toBe('2')
  await explain(page)
  await button(page, '上报').click()
  await seen(dialog(page).getByText('【回执】'))
  await page.keyboard.press('Escape')
  await recalled(page)
  await explain(page)
  await button(page, '上报').click()
  await seen(dialog(page).getByText('【回执】'))
})

flow('nothing to report is one tap', phone, async (visit) => {
  const page = await visit.as(await idleVillage(visit, 1))
  const card = page.locator('.card', { hasText: '矛盾风险排查' })
  await card.getByRole('button', { name: '零报告' }).click()
  await dialog(page).getByRole('button', { name: '确认并上报' }).click()
  await seen(page.getByText(/已按零报告上报/))
  await gone(card)
  expect((await cycleOf(page, 'f3')).own?.state).toBe('submitted')
})

flow('a case is added, mended and handed in; the township reads it masked', desk, async (visit) => {
  const page = await visit.as(await idleVillage(visit, 2))
  await page.goto(await ownReport(page, 'f3'))
  await button(page, '新增一行').click()
  const row = dialog(page)
  await row.getByLabel('信访人').fill('王德胜')
  await row.getByLabel('户籍地址').fill('淄博市张店区东街8号')
  await row.getByLabel('身份证号').fill('370303197001011231')
  await row.getByLabel('联系电话').fill('13812345678')
  await row.getByLabel('信访诉求').fill('申请住房修缮')
  await row.getByLabel('目前状况').fill('情绪稳定')
  await row.getByLabel('工作措施').fill('上门走访，协调民政核实')
  await row.getByLabel('本月工作情况').fill('入户两次，材料已上报')
  await row.getByLabel('专办工作人员', { exact: false }).first().fill('李明')
  await row.getByLabel('专办工作人员联系方式').fill('13987654321')
  await row.getByLabel('等级').selectOption('低')
  await row.getByLabel('状态').selectOption('在办')
  await row.getByRole('button', { name: '确定' }).click()
  // The last figure of the number doesn't fit the others.
  await seen(page.locator('.strip', { hasText: '身份证号不对' }))
  await page.getByRole('button', { name: '修改第 1 行' }).click()
  await dialog(page).getByLabel('身份证号').fill('37030319700101123X')
  await dialog(page).getByRole('button', { name: '确定' }).click()
  await gone(page.locator('.strip', { hasText: '身份证号不对' }))
  await saved(page)
  await explain(page)
  await button(page, '上报').click()
  await seen(dialog(page).getByText('【回执】'))

  const mine = await cycleOf(page, 'f3')
  const town = await visit.as('town')
  const f3 = await cycleOf(town, 'f3')
  await town.goto(`${await home(town)}/month?cycle=${f3.id}&submission=${mine.own?.submission_id ?? ''}`)
  const shown = town.locator('.desk table').first()
  await seen(shown.getByText('申请住房修缮'))
  const text = await shown.innerText()
  expect(text).not.toContain('37030319700101123X')
  expect(text).not.toContain('13812345678')
  expect(text).not.toContain('王德胜')
  await button(town, '查看完整信息').click()
  await dialog(town).getByRole('textbox').fill('核对当事人身份')
  await dialog(town).getByRole('button', { name: '查看' }).click()
  await seen(shown.getByText('37030319700101123X'))
})
