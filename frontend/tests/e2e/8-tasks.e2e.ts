import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { Assignment, NoticeRecord, ReceivedPage, Task, TaskPage } from '@/api/tasks'
import { chinaToday } from '@/lib/time'
import { api, button, dialog, gone, home, path, seen, settled } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

/** The title says which run of the test it is: both sizes share one district. */
const titled = (what: string) => `${what} ${crypto.randomUUID().slice(0, 8)}`
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })

async function issued(page: Page, title: string): Promise<Task> {
  const { items } = await api<TaskPage>(page, `tasks/issued?everything=true&search=${encodeURIComponent(title)}`)
  return api<Task>(page, `tasks/${items[0]?.id ?? ''}`)
}
async function ownShare(page: Page, title: string): Promise<string> {
  const { items } = await api<ReceivedPage>(page, `tasks/received?everything=true&search=${encodeURIComponent(title)}`)
  return `${await home(page)}/assignments/${items[0]?.share.id ?? ''}`
}
const shareAt = (page: Page) => api<Assignment>(page, `assignments/${path(page).split('/').at(-1) ?? ''}`)

flow('the county issues to every village, townships and villages work on it, and the counters are right', desk, async (visit) => {
  const title = titled('冬季走访慰问核对 莫𡐓村')
  const county = await visit.as('county', '/')
  const start = await home(county)
  const { items: units } = await api<{ items: { tier: string }[] }>(county, 'units')
  const [villages, everybody] = [units.filter((unit) => unit.tier === 'village').length, units.length - 1]
  await county.goto(`${start}/inbox`)
  await settled(county)

  // All villages with the default deadline: three clicks besides typing, from the list of tasks.
  let clicks = 0
  const click = async (what: ReturnType<typeof button>) => {
    clicks += 1
    await what.first().click()
  }
  await click(county.getByRole('link', { name: '任务' }))
  await click(button(county, '交办任务'))
  await field(county, '任务标题').fill(title)
  await click(button(county, /全部村（社区）/))
  await seen(county.getByText('留给承办单位 5 个工作日'))
  await seen(county.getByText(`共 ${String(villages)} 个单位`))
  await click(button(county, `交办给 ${String(villages)} 个单位`))
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  expect(clicks).toBeLessThanOrEqual(6)
  await seen(county.getByText(`共 ${String(everybody)} 个单位`))
  const { id } = await issued(county, title)

  const village = await visit.as('village')
  await village.goto(`${await home(village)}/inbox`)
  await button(village, title).click()
  await button(village, '签收').click()
  await seen(village.getByText('已签收。'))
  await button(village, '50%').click()
  await field(village, '说说进展，如：已走访 12 户').fill('已走访 12 户')
  await button(village, '报进展').click()
  await seen(village.getByText('50% 已走访 12 户'))
  await settled(village)
  await village.getByLabel('选择文件').first().setInputFiles({ name: '入户.txt', mimeType: 'text/plain', buffer: Buffer.from('入户记录 莫𡐓村') })
  await seen(village.getByText('随报结交上，之前只有本单位可见'))
  await button(village, '报结').click()
  await field(village, '办理结果').fill('全部走访完毕')
  await button(village, '确认报结').click()
  await seen(village.getByText('已报结，等待确认。'))

  // The township finds it in its inbox, sends it back once, and urges the others.
  const town = await visit.as('town')
  await town.goto(`${await home(town)}/tasks/${id}`)
  await settled(town)
  await button(town, /催办 \d+ 个单位/).click()
  await seen(town.getByText(/已催办 \d+ 个单位/))
  await town.goto(village.url().replace(/\/u\/[^/]+/, await home(town)))
  await seen(town.getByText('全部走访完毕'))
  await seen(town.locator('.attachments').getByText('入户.txt'))
  await button(town, '退回重办').click()
  await dialog(town).getByRole('textbox').fill('缺照片，请补齐')
  await dialog(town).getByRole('button', { name: '退回重办' }).click()
  await seen(town.getByText('已退回重办。'))

  await village.reload()
  await seen(village.getByText('缺照片，请补齐'))
  await settled(village)
  await button(village, '报结').click()
  await field(village, '办理结果').fill('已补照片')
  await button(village, '确认报结').click()
  await seen(village.getByText('已报结，等待确认。'))
  await town.reload()
  await seen(town.getByText('已补照片'))
  await button(town, '确认办结').click()
  await seen(town.getByText('已确认办结。'))

  const counted = await issued(county, title)
  expect(counted.progress.total).toBe(everybody)
  expect(counted.progress.by_state.accepted).toBe(1)
  await county.reload()
  await seen(county.locator('.strip .accepted', { hasText: '已办结 1' }))

  // What was amended is signed again.
  await button(county, '变更').click()
  await dialog(county).getByLabel('任务内容').fill('重点走访独居对象')
  await dialog(county).getByLabel('为什么变更').fill('补充重点')
  await dialog(county).getByRole('button', { name: '发出变更' }).click()
  await seen(county.getByText('变更已发出。'))
  await town.goto(await ownShare(town, title))
  await seen(town.locator('ins', { hasText: '重点走访独居对象' }))
  await button(town, '签收变更').click()
  await gone(town.getByText('任务有变更'))
  expect((await shareAt(town)).share.signs_again).toBe(false)
})

flow('a short notice waits for the leader, who sees to whom it goes', phone, async (visit) => {
  const title = titled('会前报数')
  const county = await visit.as('county')
  await county.goto(`${await home(county)}/tasks/new`)
  await field(county, '任务标题').fill(title)
  await button(county, '选单位').click()
  await county.getByLabel('按名称或代码查找').fill('沣水')
  await county.locator('[role=treeitem]', { hasText: '沣水镇' }).locator('.el-checkbox').first().click()
  await seen(county.getByText(/共 1 个单位/))
  const day = await county.evaluate(() => new Date(Date.now() + 8 * 3_600_000 + 86_400_000).toISOString().slice(0, 10))
  const due = field(county, '办结时限').locator('input').or(county.locator('.el-date-editor input'))
  await due.first().fill(`${day} 18:00`)
  await due.first().press('Enter')
  await seen(county.getByText('需领导确认后才下达'))
  await button(county, /送领导确认/).click()
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  await seen(county.getByText('将交办给 1 个单位'))

  const town = await visit.as('town')
  const received = () => api<ReceivedPage>(town, `tasks/received?search=${encodeURIComponent(title)}`)
  expect((await received()).items).toEqual([])
  const leader = await visit.as('county-leader')
  await leader.goto(`${await home(leader)}/inbox`)
  await button(leader, title).click()
  await button(leader, '确认下达').click()
  await seen(leader.getByText('已确认下达。'))
  expect((await received()).items).toHaveLength(1)

  // It is marked for whoever got it, and counted where the county looks.
  await town.goto(await ownShare(town, title))
  await seen(town.getByText('时限不足', { exact: true }))
  await seen(town.getByText(/下达时只留 [01] 个工作日，少于规定（.+确认）/))
  await county.goto(`${await home(county)}/tasks`)
  const record = await api<NoticeRecord>(county, `tasks/notice-record?year=${chinaToday().slice(0, 4)}`)
  expect(record.short).toBeGreaterThan(0)
  await seen(county.getByText(`少于规定的 ${String(record.minimum)} 个工作日：${String(record.short)} 项`))
  await button(county, '看各单位').click()
  await seen(dialog(county).getByRole('row', { name: new RegExp(`^合计 ${String(record.sent)} `) }))

  // The township passes it on to two of its villages, no later than its own deadline.
  await town.goto(await ownShare(town, title))
  await button(town, '转办').click()
  const boxes = dialog(town).locator('[role=treeitem] .el-checkbox')
  await boxes.nth(0).click()
  await boxes.nth(1).click()
  await seen(dialog(town).getByText(/共 2 个单位/))
  await dialog(town).getByRole('button', { name: '转办', exact: true }).click()
  await seen(town.getByText('已转办。'))
  await settled(town)
  expect((await shareAt(town)).share.below?.total).toBe(2)

  // And asks for more time, which the county grants.
  await button(town, '申请延期').click()
  await dialog(town).getByRole('button', { name: '10 个工作日' }).click()
  await dialog(town).getByRole('textbox').last().fill('需逐户核实')
  await dialog(town).getByRole('button', { name: '申请延期' }).click()
  await seen(town.getByText('延期申请已送出。'))
  await county.goto(town.url().replace(/\/u\/[^/]+/, await home(county)))
  await button(county, '准予延期').click()
  await seen(county.getByText('已准予延期。'))
})

flow('what was typed is there again, and the list is found in three views', desk, async (visit) => {
  const county = await visit.as('county')
  const start = await home(county)
  await county.goto(`${start}/tasks/new`)
  await field(county, '任务标题').fill('没有写完的任务')
  await county.waitForTimeout(800)
  await county.reload()
  await seen(county.getByText('已恢复上次没有保存的内容。'))
  expect(await field(county, '任务标题').inputValue()).toBe('没有写完的任务')
  await button(county, '清空重写').click()
  await county.goto(`${start}/tasks`)
  await settled(county)
  await county.getByLabel('搜索任务标题').fill('规范化建设')
  await expect.poll(() => county.locator('.list .entry').count()).toBe(1)
  await seen(county.locator('.entry.late', { hasText: '督办 1' }))
  await county.getByText('看板').click()
  await seen(county.getByRole('region', { name: '办理中' }).getByText('退役军人服务站规范化建设问题整改'))
  expect(county.url()).toContain('view=board')
  await county.goto(`${start}/tasks?view=calendar`)
  await seen(county.locator('td.today'))
  await county.keyboard.press('Control+K')
  await dialog(county).getByRole('textbox').fill('规范化建设')
  await seen(dialog(county).getByRole('option', { name: /规范化建设问题整改/ }))
  await county.keyboard.press('Enter')
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
})

flow('a township that is given more time hands it on to all its villages in one act', phone, async (visit) => {
  const title = titled('光荣牌补登')
  const county = await visit.as('county', '/', 'desk')
  await county.goto(`${await home(county)}/tasks/new`)
  await field(county, '任务标题').fill(title)
  await button(county, /全部村（社区）/).click()
  await button(county, '5 个工作日').click()
  await button(county, /^交办给 \d+ 个单位/).click()
  await seen(county.getByText(/已交办给 \d+ 个单位/))
  const town = await visit.as('town')
  const at = await ownShare(town, title)
  const day = await county.evaluate(() => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10))

  await county.goto(at.replace(await home(town), await home(county)))
  await button(county, '延长时限').click()
  const send = dialog(county).getByRole('button', { name: '延长时限' })
  await dialog(county).locator('.el-date-editor input').fill(`${day} 17:00`)
  await county.keyboard.press('Enter')
  expect(await send.isDisabled(), 'it says why').toBe(true)
  await field(county, '延长原因').fill('大雪封路')
  await send.click()
  await seen(county.getByText('已延长 1 个单位的时限。'))

  await town.goto(at)
  const many = button(town, /^延长 \d+ 个单位的时限/)
  await many.click()
  await field(town, '延长原因').fill('大雪封路')
  await dialog(town).getByRole('button', { name: '延长时限' }).click()
  await seen(town.getByText(/已延长 \d+ 个单位的时限。/))
  await gone(many)
  const own = await shareAt(town)
  const { items } = await api<{ items: { due_at: string }[] }>(town, `assignments/${own.id}/shares`)
  expect(new Set(items.map((one) => one.due_at))).toEqual(new Set([own.share.due_at]))
})
