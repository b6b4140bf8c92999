import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { RowTables } from '@/api/types'
import { closeDevice, enter, keptEdits, openDevice, profile, program, road, storeOf, useDevice, villageOf } from './device'
import { api, box, button, cell, dialog, gone, home, ownReport, saved, seen } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()
useDevice()

const PIN = '702846'
const NAME = '莫𡐓离线'
const idOf = (report: string) => report.split('/').pop() ?? ''
const rowsOf = async (page: Page, report: string) => (await api<{ rows: RowTables }>(page, `submissions/${idOf(report)}`)).rows.cases ?? []

async function addCase(page: Page, name: string): Promise<void> {
  await button(page, '新增一行').click()
  await dialog(page).getByLabel('信访人').fill(name)
  await dialog(page).getByLabel('户籍地址').fill('淄博市张店区东街8号')
  await button(page, '确定').click()
}
async function rememberMe(page: Page): Promise<void> {
  await page.goto(`${await home(page)}/me`)
  await page.getByLabel('设一个 6 位 PIN 码').fill(PIN)
  await page.getByLabel('再输一遍', { exact: true }).fill(PIN)
  await button(page, '记住这台设备').click()
  await expect.poll(async () => (await storeOf(page, 'vaults'))?.length).toBe(1)
}
/** Everything the browser wrote to its disk. */
async function disk(): Promise<Buffer> {
  const files = await readdir(join(profile, 'Default', 'IndexedDB'), { recursive: true, withFileTypes: true })
  return Buffer.concat(await Promise.all(files.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name)))))
}

flow('personal values typed offline lie encrypted on the device, the PIN opens them, and they are sent', desk, async (visit) => {
  const who = await villageOf(visit, 'f3', ['not_started', 'draft'], -1)
  let page = await openDevice()
  await enter(page, who)
  const report = await ownReport(page, 'f3')
  await page.goto(report)
  await seen(page.getByText('这台设备没有设 PIN 码，离线时填的个人信息不存本机'))
  await rememberMe(page)
  await page.goto(report)
  // A new page has forgotten the key.
  await page.getByLabel('输入 6 位 PIN 码').fill('111222')
  await seen(page.getByText('PIN 不正确'))
  await page.getByLabel('输入 6 位 PIN 码').fill(PIN)
  await gone(page.locator('.vault'))
  await expect.poll(() => program(page)).toBe('activated')

  await road.cut()
  await addCase(page, NAME)
  await seen(page.getByText(/离线，已存在本机 1 处改动/))
  const [kept] = (await keptEdits(page)) as { open: unknown; sealed: { n: number } }[]
  expect([kept?.open, kept?.sealed.n]).toEqual([null, 1])
  await closeDevice()
  const written = await disk()
  for (const encoding of ['utf8', 'utf16le'] as const) for (const word of [NAME, '离线', '东街8号']) expect(written.includes(Buffer.from(word, encoding)), `${word} in ${encoding}`).toBe(false)

  // Opened without a network: it lies there and can't be opened, and is not lost.
  page = await openDevice()
  await page.goto(report)
  await seen(page.getByText('本机还有 1 处加密保存的个人信息，联网后输入 PIN 码打开'))
  expect(await page.content()).not.toContain(NAME)

  await road.build()
  await page.reload()
  await seen(page.getByText('本机还有 1 处加密保存、没有送到服务器的个人信息'))
  await page.getByLabel('输入 6 位 PIN 码').fill(PIN)
  await seen(page.getByText(NAME))
  await saved(page)
  await expect.poll(async () => (await rowsOf(page, report)).map((row) => row.cells.xfr)).toContain(NAME)
  await expect.poll(() => keptEdits(page)).toEqual([])

  await page.locator('.user').click()
  await page.getByText('退出登录').click()
  await page.waitForURL(/sign-in/)
  expect(await storeOf(page, 'vaults')).toBeNull()
})

flow('a device that was forgotten elsewhere loses what it sealed', desk, async (visit) => {
  const who = await villageOf(visit, 'f3', ['not_started', 'draft'], -2)
  let page = await openDevice()
  await enter(page, who)
  const report = await ownReport(page, 'f3')
  await rememberMe(page)
  await page.goto(report)
  await page.getByLabel('输入 6 位 PIN 码').fill(PIN)
  await gone(page.locator('.vault'))
  await expect.poll(() => program(page)).toBe('activated')
  await road.cut()
  await addCase(page, NAME)
  await seen(page.getByText(/离线，已存在本机 1 处改动/))
  await closeDevice()

  const other = await visit.as(who, '/')
  await other.goto(`${await home(other)}/me`)
  await button(other, '不再记住').first().click()
  await seen(other.getByText('已不再记住'))
  await road.build()
  page = await openDevice()
  await page.goto(report)
  await seen(page.getByText('这台设备没有设 PIN 码'))
  await expect.poll(() => keptEdits(page)).toEqual([])
  await expect.poll(() => storeOf(page, 'vaults')).toEqual([])
})

flow('two windows on one report: the second can read, and takes over what the first typed', desk, async (visit) => {
  const who = await villageOf(visit, 'f1', ['not_started', 'draft'], -4)
  const first = await openDevice()
  await enter(first, who)
  const report = await ownReport(first, 'f1')
  await first.goto(report)
  await seen(cell(first, 'jf_rc'))
  const second = await first.context().newPage()
  await second.goto(report)
  await seen(second.getByText('正在本机另一个窗口填写'))
  expect(await box(second, 'jf_rc').count()).toBe(0)
  await expect.poll(() => program(first)).toBe('activated')

  await road.cut()
  await box(first, 'jf_rc').fill('6')
  await first.keyboard.press('Enter')
  await seen(first.getByText('离线，已存在本机 1 处改动'))
  await button(second, '改在这里填').click()
  await seen(first.getByText('正在本机另一个窗口填写'))
  await expect.poll(() => box(second, 'jf_rc').inputValue()).toBe('6')
  await box(second, 'jf_pc').fill('2')
  await second.keyboard.press('Enter')
  await seen(second.getByText('离线，已存在本机 2 处改动'))

  await road.build()
  await saved(second)
  await expect.poll(() => api<{ cells: Record<string, string> }>(second, `submissions/${idOf(report)}`).then((one) => [one.cells.jf_pc, one.cells.jf_rc])).toEqual(['2', '6'])
  // Closed, it leaves the report to the other.
  await second.close()
  await expect.poll(() => box(first, 'jf_pc').inputValue()).toBe('2')
})

flow('two people in one row table: what both changed is shown with both, and neither is lost', desk, async (visit) => {
  const who = await villageOf(visit, 'f3', ['not_started', 'draft'], -3)
  const one = await visit.as(who)
  const report = await ownReport(one, 'f3')
  await one.goto(report)
  await addCase(one, '甲某')
  await addCase(one, '乙某')
  await saved(one)
  const other = await visit.as(who, report)
  await seen(other.getByText('乙某'))

  const edit = async (page: Page, at: number, name: string) => {
    await page.locator('[data-row]').nth(at).click()
    await dialog(page).getByLabel('信访人').fill(name)
    await button(page, '确定').click()
  }
  await edit(one, 0, '甲某某')
  await saved(one)
  await expect.poll(async () => (await rowsOf(one, report))[0]?.cells.xfr).toBe('甲某某')
  // The other window still shows what it read; it changes both rows and adds one.
  await edit(other, 1, '乙某某')
  await edit(other, 0, '甲丁')
  const conflict = other.locator('.conflicts')
  await seen(conflict)
  expect(await conflict.locator('.side').allInnerTexts()).toEqual([expect.stringMatching(/这台设备\s*信访人：甲丁/), expect.stringMatching(/甲某某/)])
  await expect.poll(async () => (await rowsOf(one, report)).map((row) => row.cells.xfr)).toEqual(['甲某某', '乙某某'])
  await button(other, '用这个').first().click()
  await gone(conflict)
  await expect.poll(async () => (await rowsOf(one, report)).map((row) => row.cells.xfr)).toEqual(['甲丁', '乙某某'])
})

flow('what nobody asked for in thirty days goes, and what is personal in seven', desk, async (visit) => {
  const who = await villageOf(visit, 'f1', ['not_started', 'draft'], -5)
  const page = await openDevice()
  await enter(page, who)
  await rememberMe(page)
  const report = await ownReport(page, 'f1')
  await page.goto(report)
  await seen(cell(page, 'jf_rc'))
  await page.evaluate(async () => {
    const store = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('jiceng')
      asked.onsuccess = () => { done(asked.result) }
    })
    const change = store.transaction(['pending', 'owner'], 'readwrite')
    const whose = await new Promise<string>((done) => {
      const asked = change.objectStore('owner').get('owner') as IDBRequest<string>
      asked.onsuccess = () => { done(asked.result) }
    })
    const sealed = (days: number) => ({ iv: new Uint8Array(12), data: new ArrayBuffer(8), at: Date.now() - days * 86_400_000, n: 1 })
    const open = { submission: 'x', unit: '', form: '', period: '', cells: {}, rows: null, reasons: null, zeroed: null, at: '' }
    for (const [id, value] of Object.entries({
      old: { open, sealed: null, touched: Date.now() - 31 * 86_400_000 },
      young: { open, sealed: sealed(6), touched: Date.now() - 29 * 86_400_000 },
      week: { open, sealed: sealed(8), touched: Date.now() },
      bare: { open: null, sealed: sealed(8), touched: Date.now() },
    })) change.objectStore('pending').put(value, [whose, id])
    await new Promise<void>((done) => { change.oncomplete = () => { done() } })
    store.close()
  })
  expect(await keptEdits(page)).toHaveLength(4)
  await page.reload()
  await seen(cell(page, 'jf_rc'))
  await expect.poll(async () => ((await keptEdits(page)) as { sealed: unknown }[]).map((one) => one.sealed !== null)).toEqual([false, true])
})

flow('somebody else on the same browser sees nothing of it, and it is still there for its owner', desk, async (visit) => {
  const who = await villageOf(visit, 'f1', ['not_started', 'draft'], -6)
  const neighbour = await villageOf(visit, 'f1', ['not_started', 'draft'], -7)
  let page = await openDevice()
  await enter(page, who)
  const report = await ownReport(page, 'f1')
  await page.goto(report)
  await seen(cell(page, 'jf_rc'))
  await expect.poll(() => program(page)).toBe('activated')
  await road.cut()
  await box(page, 'jf_rc').fill('8')
  await page.keyboard.press('Enter')
  await seen(page.getByText('离线，已存在本机 1 处改动'))
  await page.context().clearCookies()
  await closeDevice()

  await road.build()
  page = await openDevice()
  await enter(page, neighbour)
  const theirs = await ownReport(page, 'f1')
  await page.goto(theirs)
  await seen(cell(page, 'jf_rc'))
  expect(await page.content()).not.toContain('没有送到服务器')
  await page.locator('.user').click()
  await page.getByText('退出登录').click()
  await page.waitForURL(/sign-in/)
  expect(await keptEdits(page)).toHaveLength(1)

  await enter(page, who)
  await page.goto(report)
  await saved(page)
  expect(await box(page, 'jf_rc').inputValue()).toBe('8')
  await expect.poll(() => keptEdits(page)).toEqual([])
})
