import { expect } from 'vitest'
import type { Site } from '@/api/types'
import { button, gone, home, ownReport, path, seen, settled } from './steps'
import { address, COUNTY, desk, flow, PASSWORD, phone, useBrowser } from './visit'

useBrowser()

flow('the sign-in page lists one user for each role and tier, and a click signs in', desk, async (visit) => {
  const site = (await (await fetch(`${address}/api/public/site`)).json()) as Site
  const page = await visit.stranger()
  await page.goto('/')
  await seen(page.getByText('非涉密平台，严禁处理、传输国家秘密'))
  const rows = page.locator('.demo button')
  await seen(rows)
  expect(await rows.count()).toBe(site.demo_users.length)
  for (const tier of ['村（社区）', '镇街', '区县']) await seen(page.locator('.demo h3', { hasText: tier }))
  for (const user of site.demo_users) await seen(rows.filter({ hasText: user.display_name }))
  await rows.filter({ hasText: '李秀兰' }).click()
  await seen(page.getByRole('heading', { name: /\d+ 件待办/ }))
  expect(path(page)).toMatch(/^\/u\/[\w-]+\/inbox$/)
})

flow('a wrong password is told in a sentence', phone, async (visit) => {
  visit.refusal(/401.*auth\/sign-in/)
  const page = await visit.stranger()
  await page.goto('/sign-in')
  await expect.poll(() => page.getByLabel('区县代码').inputValue()).toBe(COUNTY)
  await page.getByLabel('登录名').fill('town-leader')
  await page.getByLabel('密码', { exact: true }).fill('not-this-one')
  await page.keyboard.press('Enter')
  await seen(page.getByRole('alert').filter({ hasText: '登录名或密码不对，请核对后重试。' }))
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await seen(page.getByRole('main'))
})

flow('a link lands on its very item after sign-in', phone, async (visit) => {
  const known = await visit.as('village')
  const wanted = await ownReport(known, 'f1')
  const page = await visit.stranger()
  await page.goto(wanted)
  await seen(page.getByRole('heading', { name: '登录', exact: true }))
  await page.locator('.demo button', { hasText: '李秀兰' }).click()
  await seen(page.getByRole('heading', { name: '退役军人服务站月度工作情况表' }))
  expect(path(page)).toBe(wanted)
})

flow('devices are listed and can be signed out; signing out ends the session', desk, async (visit) => {
  const other = await visit.as('county-leader')
  const page = await visit.as('county-leader')
  await page.goto(`${await home(page)}/me`)
  const devices = page.locator('section, .panel').filter({ hasText: '登录过的设备' }).getByRole('listitem')
  await seen(devices.filter({ hasText: '本机' }))
  const before = await devices.count()
  expect(before).toBeGreaterThan(1)
  await devices.filter({ hasNotText: '本机' }).first().getByRole('button', { name: '退出该设备' }).click()
  await seen(page.getByText('已退出该设备。'))
  await expect.poll(() => devices.count()).toBe(before - 1)

  visit.refusal(/401/)
  await other.reload()
  await seen(other.getByRole('heading', { name: '登录', exact: true }))

  await button(page, '账号与设置').click()
  await page.getByRole('menuitem', { name: '退出登录' }).click()
  await seen(page.getByText('已退出登录。'))
  await page.goto('/')
  await settled(page)
  await seen(page.getByRole('heading', { name: '登录', exact: true }))
  await gone(page.getByRole('navigation'))
})
