import { expect } from 'vitest'
import { button, dialog, home, reportsBelow, seen, settled, userOf } from './steps'
import { COUNTY, desk, flow, PASSWORD, useBrowser } from './visit'

useBrowser()

flow('a village officer leaves: what is open is shown, somebody new takes over, the leaver is out at once', desk, async (visit) => {
  visit.refusal(/401/)
  const admin = await visit.as('town-admin')
  const below = await reportsBelow(await visit.as('town'), 'f1')
  const report = below.at(-6)
  if (!report) throw new Error('no village to hand over')
  const leaver = await visit.as(userOf(report))
  await seen(leaver.getByRole('main'))

  await admin.goto(`${await home(admin)}/accounts?at=${report.unit.id}`)
  await settled(admin)
  await button(admin, '交接').first().click()
  await settled(admin)
  await seen(admin.getByRole('heading', { name: '手上的事' }))
  await admin.locator('.who').getByText('新开账号').click()
  const signName = `jieren${visit.size}`
  await admin.getByLabel('姓名').fill('莫𡐓')
  await admin.getByLabel('登录名').fill(signName)
  await button(admin, '确认交接').click()
  await dialog(admin).getByRole('button', { name: '确认交接' }).click()
  await seen(admin.getByText('已交接'))
  const password = (await admin.locator('.secret').textContent()) ?? ''
  await button(admin, '查看交接清单').click()
  await seen(admin.getByRole('heading', { name: '工作交接清单' }))
  await seen(admin.getByText('账号已停用'))
  await seen(admin.getByText('移交人签字'))

  await leaver.reload()
  await seen(leaver.getByRole('heading', { name: '登录', exact: true }))
  const refused = await leaver.request.post('/api/auth/sign-in', { data: { county_code: COUNTY, sign_name: userOf(report), password: PASSWORD } })
  expect(refused.status()).toBeGreaterThanOrEqual(400)
  const taken = await leaver.request.post('/api/auth/sign-in', { data: { county_code: COUNTY, sign_name: signName, password } })
  expect(taken.status(), await taken.text()).toBe(200)
})
