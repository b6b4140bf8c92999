import { expect } from 'vitest'
import { home, path, seen } from './steps'
import { COUNTY, desk, flow, PASSWORD, phone, useBrowser } from './visit'

useBrowser()

flow('a telephone that is signed in lets a computer in', desk, async (visit) => {
  const computer = await visit.stranger('desk')
  await computer.goto('/sign-in')
  const begun = computer.waitForResponse((answer) => answer.url().endsWith('/api/auth/scan') && answer.ok())
  await computer.getByRole('button', { name: '扫码登录' }).click()
  await seen(computer.getByRole('img', { name: '登录二维码' }))
  const scan = (await (await begun).json()) as { id: string; number: string }
  await seen(computer.getByText(scan.number, { exact: true }))

  const telephone = await visit.as('village', `/enter/${scan.id}`, 'phone')
  await seen(telephone.getByText(scan.number, { exact: true }))
  await telephone.getByRole('button', { name: '是我，登录电脑' }).click()
  await seen(telephone.getByText('电脑已登录。'))
  await seen(computer.getByRole('heading', { name: /\d+ 件待办/ }))
  expect(path(computer)).toMatch(/^\/u\/[\w-]+\/inbox$/)
})

flow('a remembered telephone opens by six digits', phone, async (visit) => {
  // Signing out may overtake a question about the inbox.
  visit.refusal(/401.*(auth\/pin|inbox)/)
  const page = await visit.as('town-leader')
  await page.goto(`${await home(page)}/me`)
  await page.getByLabel('设一个 6 位 PIN 码').fill('702846')
  await page.getByLabel('再输一遍', { exact: true }).last().fill('702846')
  await page.getByRole('button', { name: '记住这台设备' }).click()
  await seen(page.getByText('已记住这台设备。'))
  await page.getByRole('button', { name: '退出登录' }).click()

  await page.getByLabel('输入 6 位 PIN 码').fill('905173')
  await seen(page.getByRole('alert').filter({ hasText: '还可以再试 4 次' }))
  await page.getByLabel('输入 6 位 PIN 码').fill('702846')
  await expect.poll(() => path(page)).toMatch(/^\/u\/[\w-]+\//)
})

flow('large type enlarges every page and is kept', phone, async (visit) => {
  const page = await visit.stranger()
  await page.goto('/sign-in')
  const button = page.getByRole('button', { name: '登录', exact: true })
  const before = (await button.boundingBox())?.height ?? 0
  await page.getByRole('button', { name: '大字' }).click()
  await page.reload()
  await seen(button)
  expect((await button.boundingBox())?.height ?? 0).toBeGreaterThan(before * 1.15)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(beyond, 'nothing lies beyond the edge').toBeLessThanOrEqual(1)
})

flow('a shared computer keeps neither the session nor the county', desk, async (visit) => {
  const page = await visit.stranger()
  await page.goto('/sign-in')
  await expect.poll(() => page.getByLabel('区县代码').inputValue()).toBe(COUNTY)
  await page.getByLabel('登录名').fill('village')
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByText('公用电脑').click()
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await seen(page.getByRole('heading', { name: /\d+ 件待办/ }))
  const cookies = await page.context().cookies()
  expect(cookies.filter((one) => one.name.startsWith('jiceng_') && one.expires !== -1)).toEqual([])
  expect(await page.evaluate(() => localStorage.getItem('jiceng.county'))).toBeNull()
})
