import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { CycleBrief } from '@/api/types'
import { closeDevice, enter, keptEdits, openDevice, program, road, useDevice, villageOf } from './device'
import { api, box, button, cell, cycleOf, gone, ownReport, saved, seen } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()
useDevice()

flow('offline, typed, browser closed, opened again, online: both values stand until one is chosen', desk, async (visit) => {
  const who = await villageOf(visit, 'f1', ['not_started', 'draft'], -1)
  let page = await openDevice()
  await enter(page, who)
  const report = await ownReport(page, 'f1')
  await page.goto(report)
  await box(page, 'jf_rc').fill('5')
  await page.keyboard.press('Enter')
  await saved(page)
  await expect.poll(() => program(page)).toBe('activated')

  await road.cut()
  await box(page, 'jf_rc').fill('6')
  await page.keyboard.press('Enter')
  await box(page, 'jf_pc').fill('2')
  await page.keyboard.press('Enter')
  await seen(page.getByText('离线，已存在本机 2 处改动'))
  await closeDevice()

  // The same village types into the same cell on another device.
  const other = await visit.as(who, report)
  await box(other, 'jf_rc').fill('9')
  await other.keyboard.press('Enter')
  await saved(other)

  // Opened without a network: the page comes, with what was typed.
  page = await openDevice()
  await page.goto(report)
  await seen(page.getByText('现在离线，看到的是'))
  expect(await box(page, 'jf_rc').inputValue()).toBe('6')
  await seen(page.getByText('离线，已存在本机 2 处改动'))

  await road.build()
  const conflict = page.locator('.conflicts')
  await seen(conflict)
  const sides = await conflict.locator('.side').allInnerTexts()
  expect(sides[0]).toMatch(/这台设备\s*6/)
  expect(sides[1]).toMatch(/已保存的（.+）\s*9/)
  // The cell that nobody else touched has been saved; neither value of the other is lost.
  await expect.poll(() => api<{ cells: Record<string, string> }>(other, `submissions/${report.split('/').pop() ?? ''}`).then((one) => [one.cells.jf_pc, one.cells.jf_rc])).toEqual(['2', '9'])
  await page.reload()
  await seen(conflict)
  expect(await box(page, 'jf_rc').inputValue()).toBe('6')
  await button(page, '用这个').first().click()
  await gone(conflict)
  await saved(page)
  await expect.poll(() => api<{ cells: Record<string, string> }>(other, `submissions/${report.split('/').pop() ?? ''}`).then((one) => one.cells.jf_rc)).toBe('6')
  await expect.poll(() => keptEdits(page)).toEqual([])

  // Signing out takes everything along.
  await page.locator('.user').click()
  await page.getByText('退出登录').click()
  await page.waitForURL(/sign-in/)
  expect(await keptEdits(page)).toBeNull()
})

flow('a shared computer keeps nothing', desk, async (visit) => {
  const who = await villageOf(visit, 'f1', ['not_started', 'draft'], -2)
  const page = await openDevice()
  await enter(page, who, true)
  await page.goto(await ownReport(page, 'f1'))
  await seen(cell(page, 'jf_rc'))
  await road.cut()
  await box(page, 'jf_rc').fill('6')
  await page.keyboard.press('Enter')
  await seen(page.getByText('离线，本机不保存内容，请不要关闭页面'))
  await seen(page.getByText('这是公用电脑'))
  expect(await keptEdits(page)).toBeNull()
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length))).toBe(0)
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('draft')))).toEqual([])
  await road.build()
  await saved(page)
})

flow('closed meanwhile: what was typed stays here, is shown and exported', desk, async (visit) => {
  const who = await villageOf(visit, 'f1', ['not_started', 'draft'], -3)
  let page = await openDevice()
  await enter(page, who)
  const report = await ownReport(page, 'f1')
  await page.goto(report)
  await seen(cell(page, 'jf_rc'))
  await expect.poll(() => program(page)).toBe('activated')
  await road.cut()
  await box(page, 'jf_rc').fill('7')
  await page.keyboard.press('Enter')
  await seen(page.getByText('离线，已存在本机 1 处改动'))
  await closeDevice()

  const county = await visit.as('county')
  const act = async (verb: string, data: object) => {
    const cycle = await cycleOf(county, 'f1') as CycleBrief & { version: number }
    const csrf = (await county.context().cookies()).find((one) => one.name === 'jiceng_csrf')?.value ?? ''
    const me = await api<{ memberships: { id: string }[] }>(county, 'auth/me')
    const answer = await county.request.post(`/api/cycles/${cycle.id}/${verb}`, {
      headers: { 'X-Jiceng-Membership': me.memberships[0]?.id ?? '', 'X-CSRF-Token': csrf, 'If-Match': `"${String(cycle.version)}"`, 'Idempotency-Key': crypto.randomUUID() }, data,
    })
    expect(answer.status(), await answer.text()).toBe(200)
  }
  await act('close', {})
  await road.build()
  page = await openDevice()
  await page.goto(report)
  await seen(page.getByText('本机还有 1 处没有送到服务器的改动'))
  await seen(page.getByText('本期已封存，不能再保存'))
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, '导出为表格').click()])
  const text = await readFile(await file.path(), 'utf8')
  expect(text.startsWith('\uFEFF')).toBe(true)
  expect(text).toMatch(/,"7"\r\n/)

  // Opened again by the county, it is gone on with.
  await act('unclose', { reason: '有村未报完' })
  await page.reload()
  await saved(page)
  expect(await box(page, 'jf_rc').inputValue()).toBe('7')
})

test('a session ended from elsewhere takes what was kept along', async () => {
  const page = await openDevice()
  await enter(page, 'village')
  await page.goto(await ownReport(page, 'f1'))
  await expect.poll(() => keptEdits(page)).toEqual([])
  const csrf = (await page.context().cookies()).find((one) => one.name === 'jiceng_csrf')?.value ?? ''
  // Ended from elsewhere: the cookies of this browser stay.
  const cookies = await page.context().cookies()
  expect((await page.request.post('/api/auth/sign-out', { headers: { 'X-CSRF-Token': csrf } })).status()).toBeLessThan(300)
  await page.context().addCookies(cookies)
  await page.reload()
  await page.waitForURL(/sign-in/)
  expect(await keptEdits(page)).toBeNull()
})
