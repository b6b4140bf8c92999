import { expect } from 'vitest'
import { api, button, dialog, gone, home, path, seen, settled } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

interface Listed { items: { id: string }[] }
interface Hours { items: { name: string; hours: string }[] }

flow('the county announces, a village signs up on a phone, checks in by the code on the screen, and has its hours', desk, async (visit) => {
  const title = `台账填报培训 莫𡐓村 ${crypto.randomUUID().slice(0, 8)}`
  const county = await visit.as('county', '/')
  const start = await home(county)
  // Announced through the page, to one village, with a session in three days.
  await county.goto(`${start}/trainings/new`)
  await settled(county)
  await county.getByLabel('培训名称', { exact: true }).fill(title)
  await button(county, '选单位').click()
  await county.locator('.picker input').first().fill('370303102201')
  await county.locator('.picker .line label').last().click()
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const times: [string, string][] = [['报名截止', `${day(2)} 17:00`], ['开始', `${day(3)} 09:00`], ['结束', `${day(3)} 12:00`]]
  for (const [label, at] of times) {
    await county.getByRole('combobox', { name: label, exact: true }).fill(at)
    await county.keyboard.press('Enter')
  }
  await button(county, '发布给 1 个单位').click()
  await county.waitForURL(/\/trainings\/[0-9a-f-]{36}$/)
  const id = path(county).split('/').at(-1) ?? ''

  const village = await visit.as('village', '/', 'phone')
  await village.goto(`${await home(village)}/inbox`)
  await button(village, title).click()
  await village.getByRole('button', { name: '报名', exact: true }).click()
  await dialog(village).getByText('李秀兰').click()
  await button(village, '确定（1 人）').click()
  await seen(village.getByText('已报 1 人。'))

  await county.reload()
  await button(county, '开班签到').click()
  await dialog(county).getByRole('button', { name: '开班签到' }).click()
  await button(county, '扫码签到').click()
  await seen(county.getByRole('img', { name: '签到二维码' }))
  const session = path(county).split('/').at(-1) ?? ''
  const { code } = await api<{ code: string }>(county, `training-sessions/${session}/code`)
  visit.refusal(/409/)
  await village.goto(`/check-in/${session}/${'A'.repeat(22)}`)
  await seen(village.getByText('二维码已更新'))
  await village.goto(`/check-in/${session}/${code}`)
  await seen(village.getByText('李秀兰，签到成功'))
  await seen(county.getByText('1 / 1 人已签到'))

  await village.goto(`${await home(village)}/staff-hours?year=${day(3).slice(0, 4)}`)
  await seen(village.locator('table').getByText('李秀兰'))
  const { items } = await api<Hours>(village, `staff-hours?year=${day(3).slice(0, 4)}`)
  expect(Number(items.find((one) => one.name === '李秀兰')?.hours)).toBeGreaterThanOrEqual(4)
  const received = await api<Listed>(village, 'trainings/received')
  expect(received.items.map((one) => one.id)).toContain(id)
})

flow('a pledge is signed with a finger and printed with the signature; one that is void is signed anew', phone, async (visit) => {
  const village = await visit.as('village')
  const sign = async () => {
    await button(village, '签署').first().click()
    const box = await village.locator('canvas').boundingBox()
    if (!box) throw new Error('no box to sign in')
    await village.mouse.move(box.x + 30, box.y + 50)
    await village.mouse.down()
    for (let n = 1; n < 12; n += 1) await village.mouse.move(box.x + 30 + n * 20, box.y + 50 + ((n * 37) % 60))
    await village.mouse.up()
    await button(village, '确认签署').click()
    await seen(village.getByText(/已签署。/))
  }
  await village.goto(`${await home(village)}/pledges`)
  await settled(village)
  await sign()
  await village.getByRole('link', { name: /已签$/ }).first().click()
  await seen(village.getByRole('img', { name: /的签名$/ }))

  const town = await visit.as('town', '/', 'desk')
  await town.goto(`${await home(town)}/pledges/${village.url().split('/').at(-1) ?? ''}`)
  await settled(town)
  await button(town, '作废').click()
  await dialog(town).getByRole('textbox').fill('他人代签')
  await dialog(town).getByRole('button', { name: '作废' }).click()
  await seen(town.getByText(/作废：他人代签/))
  await gone(button(town, '作废'))

  await village.goto(`${await home(village)}/pledges`)
  await settled(village)
  await seen(village.getByRole('link', { name: '已作废的一份' }))
  await sign()
  await seen(village.getByRole('link', { name: /已签$/ }))
})

flow('a village writes down what it studied by itself, and has the hours', phone, async (visit) => {
  const title = `退役军人保障法学习 ${crypto.randomUUID().slice(0, 8)}`
  const village = await visit.as('village')
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)
  const hours = async () => Number((await api<Hours>(village, `staff-hours?year=${day.slice(0, 4)}`)).items.find((one) => one.name === '李秀兰')?.hours)
  const before = await hours()
  await village.goto(`${await home(village)}/trainings`)
  await settled(village)
  await button(village, '登记本单位学习').click()
  await village.getByLabel('学习主题', { exact: true }).fill(title)
  for (const [label, at] of [['开始', `${day} 09:00`], ['结束', `${day} 11:00`]] as const) {
    await village.getByRole('combobox', { name: label, exact: true }).fill(at)
    await village.keyboard.press('Enter')
  }
  await village.getByRole('group', { name: '参加人员' }).getByText('李秀兰').click()
  await button(village, '登记').last().click()
  await seen(village.getByText('已登记 1 人的学习'))
  await seen(village.getByRole('heading', { name: title }))
  await seen(village.getByText('已到', { exact: true }))
  expect(await hours()).toBe(before + 2)
  await village.goto(`${await home(village)}/trainings?tab=issued`)
  await seen(village.getByText(title))
})
