import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { Meeting, Visit as Visited } from '@/api/meetings'
import { api, button, dialog, home, path, seen, settled } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

const VILLAGE = '370303102201'
const dayIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

async function at(page: Page, label: string, time: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).fill(time)
  await page.keyboard.press('Enter')
}

/** The township calls one village and is on the meeting's page. */
async function call(town: Page, title: string, link = ''): Promise<string> {
  await town.goto(`${await home(town)}/meetings/new`)
  await settled(town)
  // No meeting server is configured: no room is offered.
  expect(await town.getByText('使用平台视频会议室').count()).toBe(0)
  await town.getByLabel('会议名称', { exact: true }).fill(title)
  await button(town, '选单位').click()
  await town.locator('.picker input').first().fill(VILLAGE)
  await town.locator('.picker .line label').last().click()
  await at(town, '开始时间', `${dayIn(4)} 09:00`)
  await town.getByLabel('地点', { exact: true }).fill('镇政府三楼')
  if (link) await town.getByLabel('会议链接', { exact: true }).fill(link)
  // A slow line: nothing is sent without what is still on its way.
  await town.route(/\/api\/.*attachments/, async (route) => {
    if (route.request().method() !== 'GET') await new Promise((over) => { setTimeout(over, 700) })
    await route.continue()
  })
  await town.getByLabel('选择文件').setInputFiles({ name: '会议材料 莫𡐓村.txt', mimeType: 'text/plain', buffer: Buffer.from('材料') })
  await seen(town.getByText('会议材料 莫𡐓村.txt'))
  expect(await button(town, '发出通知').isDisabled()).toBe(true)
  await button(town, '发出通知').click()
  await town.waitForURL(/\/meetings\/[0-9a-f-]{36}$/)
  return path(town).split('/').at(-1) ?? ''
}

flow('a meeting is called, moved, replied to on a phone, minuted, and a decision is followed as a task', desk, async (visit) => {
  const title = `站长例会 莫𡐓村 ${crypto.randomUUID().slice(0, 8)}`
  const town = await visit.as('town', '/')
  const id = await call(town, title)

  const village = await visit.as('village', '/', 'phone')
  await village.goto(`${await home(village)}/inbox`)
  await button(village, title).first().click()
  await seen(village.getByText('会议材料 莫𡐓村.txt'))
  await village.getByLabel('参会人员姓名').fill('李秀兰')
  await button(village, '参会').click()
  await seen(village.getByText('已回复。'))

  await town.reload()
  await seen(town.getByText('应到 1，参会 1，请假 0'))
  await button(town, '变更').click()
  await dialog(town).getByLabel('地点', { exact: true }).fill('镇便民服务中心')
  await dialog(town).getByLabel('变更原因').fill('会场占用')
  await button(town, '变更并告知').click()
  await seen(town.getByText('应到 1，参会 0，请假 0'))

  await village.reload()
  await seen(village.getByText('时间或地点有变更，请重新回复。'))
  await seen(village.getByText('地点：镇政府三楼 → 镇便民服务中心'))
  expect(await village.getByLabel('参会人员姓名').inputValue()).toBe('李秀兰')
  await button(village, '参会').click()
  await seen(village.getByText('已回复。'))

  await town.reload()
  await button(town, '会议召开').click()
  await button(town, '已经召开').click()
  await button(town, '保存签到（1 个单位到会）').click()
  await seen(town.getByText('签到已保存。'))
  await town.getByLabel('会议纪要', { exact: true }).fill('议了两件事。')
  for (const text of ['年底前补齐台账', '走访困难老兵']) {
    await button(town, '加一条议定事项').click()
    await town.getByLabel('议定事项', { exact: true }).last().fill(text)
  }
  await button(town, '保存纪要').click()
  await seen(town.getByText('已保存。'))
  await button(town, '印发纪要').click()
  await seen(town.getByText('纪要已印发。'))
  // Decided without units: they are chosen as it becomes a task.
  await button(town, '转为任务').first().click()
  await dialog(town).locator('.picker input').first().fill(VILLAGE)
  await dialog(town).locator('.picker .line label').last().click()
  await dialog(town).getByRole('combobox', { name: '办结时限' }).fill(dayIn(20))
  await town.keyboard.press('Enter')
  await button(town, '交办给 1 个单位').click()
  await seen(town.getByText('已转为任务。'))

  await village.reload()
  await seen(village.getByText('议了两件事。'))
  const read = await api<Meeting>(village, `meetings/${id}`)
  expect(read.decisions.map((one) => one.follow?.state ?? null)).toEqual(['open', null])
  await village.getByRole('link', { name: read.decisions[0]?.follow?.number ?? '' }).click()
  await seen(village.getByText('年底前补齐台账'))
})

flow('a meeting on line is entered by its link, a village asks to be excused, and it is cancelled with a reason', desk, async (visit) => {
  const title = `视频调度会 ${crypto.randomUUID().slice(0, 8)}`
  const town = await visit.as('town', '/')
  const id = await call(town, title, 'https://meet.example.cn/mo')
  await seen(button(town, '进入线上会议'))

  const village = await visit.as('village', '/', 'phone')
  await village.goto(`${await home(village)}/meetings/${id}`)
  await button(village, '请假').click()
  await dialog(village).getByRole('textbox').fill('在区里培训')
  await dialog(village).getByRole('button', { name: '请假' }).click()
  await seen(village.getByText('在区里培训'))

  await town.reload()
  await seen(town.getByText('在区里培训'))
  await button(town, '取消会议').click()
  await dialog(town).getByRole('textbox').fill('与区里会议冲突')
  await dialog(town).getByRole('button', { name: '取消会议' }).click()
  await seen(town.getByText('与区里会议冲突'))
  await village.goto(`${await home(village)}/inbox`)
  await seen(village.getByText(title))
  await village.goto(`${await home(village)}/meetings/${id}`)
  await seen(village.getByText('与区里会议冲突'))
  expect(await button(village, '参会').count()).toBe(0)
})

flow('what a guidance visit found is rectified to its end, and the station is no more among those not visited', desk, async (visit) => {
  const found = `值班制度未上墙 ${crypto.randomUUID().slice(0, 8)}`
  const town = await visit.as('town', '/')
  const start = await home(town)
  await town.goto(`${start}/visits?tab=unvisited`)
  await settled(town)
  const row = town.locator('.unvisited li').filter({ hasText: '范王' })
  await row.getByRole('button', { name: '登记调研指导' }).click()
  await dialog(town).getByLabel('调研情况').fill('查看台账')
  await button(town, '加一条问题').click()
  await dialog(town).getByLabel('发现问题').fill(found)
  await dialog(town).getByRole('button', { name: '保存' }).click()
  await town.waitForURL(/\/visits\/[0-9a-f-]{36}$/)
  const id = path(town).split('/').at(-1) ?? ''
  await town.getByLabel('选择文件').first().setInputFiles({ name: '现场.txt', mimeType: 'text/plain', buffer: Buffer.from('现场记录') })
  await seen(town.getByText('现场.txt'))
  await town.getByRole('combobox', { name: '办结时限' }).fill(dayIn(15))
  await town.keyboard.press('Enter')
  await button(town, '转整改任务').click()
  await seen(town.getByText('已转为整改任务。'))

  const village = await visit.as('village', '/', 'phone')
  await village.goto(`${await home(village)}/visits/${id}`)
  await seen(village.getByText(found))
  const read = await api<Visited>(village, `visits/${id}`)
  await village.getByRole('link', { name: read.found[0]?.follow?.number ?? '' }).click()
  await button(village, '签收').click()
  await seen(village.getByText('已签收。'))
  await button(village, '报结').click()
  await village.getByLabel('办理结果').fill('已制作上墙')
  await button(village, '确认报结').click()
  await seen(village.getByText('已报结，等待确认。'))

  await town.reload()
  await seen(town.getByText('待确认'))
  await town.getByRole('link', { name: read.found[0]?.follow?.number ?? '' }).click()
  await seen(town.getByText('已制作上墙'))
  await button(town, '确认办结').click()
  await seen(town.getByText('已确认办结。'))
  await town.goto(`${start}/visits/${id}`)
  await seen(town.getByText('已办结'))
  await town.goto(`${start}/visits?tab=unvisited`)
  await seen(row.getByText('今天刚去过'))
})

flow('the county sees which village nobody has been to, and what was written of a visit is kept until it is saved', desk, async (visit) => {
  const county = await visit.as('county', '/')
  const start = await home(county)
  await county.goto(`${start}/visits?tab=unvisited`)
  await settled(county)
  await county.getByText('村（社区）', { exact: true }).click()
  const row = county.locator('.unvisited li').filter({ hasText: '北沣' })
  await seen(row.getByText('沣水镇'))
  await row.getByRole('button', { name: '登记调研指导' }).click()
  await dialog(county).getByLabel('调研情况').fill('查看服务大厅')
  await county.waitForTimeout(600)
  await county.reload()
  await row.getByRole('button', { name: '登记调研指导' }).click()
  expect(await dialog(county).getByLabel('调研情况').inputValue()).toBe('查看服务大厅')
  await dialog(county).getByRole('button', { name: '加一人' }).click()
  await dialog(county).getByLabel('调研人姓名').last().fill('赵志强')
  await dialog(county).getByRole('button', { name: '保存' }).click()
  await county.waitForURL(/\/visits\/[0-9a-f-]{36}$/)
  await seen(county.getByText(/陈立、.*赵志强|陈立、赵志强/))
  await county.goto(`${start}/visits?tab=unvisited&tier=village`)
  await seen(row.getByText('今天刚去过'))
})

flow('what is no link and what ends too early is said where it is typed', desk, async (visit) => {
  const town = await visit.as('town', '/')
  await town.goto(`${await home(town)}/meetings/new`)
  await settled(town)
  await town.getByLabel('会议名称', { exact: true }).fill('例会')
  await at(town, '开始时间', `${dayIn(4)} 09:00`)
  await at(town, '结束时间', `${dayIn(4)} 08:00`)
  await seen(town.getByText('结束时间须晚于开始时间。'))
  await at(town, '结束时间', `${dayIn(4)} 10:00`)
  const link = town.getByLabel('会议链接', { exact: true })
  await link.fill('javascript:alert(1)')
  await seen(town.getByText('这里没有会议链接。'))
  expect(await button(town, '保存').isDisabled()).toBe(true)
  await link.fill('赵敏邀请您参加会议：https://meet.example.cn/dm/x1，会议号 123')
  await button(town, '保存').click()
  await town.waitForURL(/\/meetings\/[0-9a-f-]{36}$/)
  expect((await api<Meeting>(town, `meetings/${path(town).split('/').at(-1) ?? ''}`)).link).toBe('https://meet.example.cn/dm/x1')
})
