import { execFileSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { beyond, pagesOf } from './pages'
import { announced, ROOT, serve, stop } from './platform'
import { api, cycleOf, home } from './steps'
import { COUNTY, DESK, PASSWORD, PHONE } from './visit'

/** 52 townships, 1,526 villages, one township with 170; names of 33 characters, and with characters of four bytes. */
let folder: string
let server: ChildProcess
let address: string
let browser: Browser
/** Generous: it says that a page grew with the county, not how fast it is. */
const LIMIT = 12_000
const LONG = 'u370303102700'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiceng-largest-'))
  const units = join(folder, 'units.csv')
  execFileSync(join(ROOT, '.venv/bin/python'), ['-m', 'tests.large_county', units], { cwd: ROOT, env: { ...process.env, PYTHONPATH: join(ROOT, 'platform') } })
  server = serve(join(folder, 'data'), { JICENG_DEMO_UNITS: units, JICENG_DEMO_MONTHS: '0' })
  address = await announced(server)
  browser = await chromium.connect(inject('browser'))
}, 300_000)
afterAll(async () => {
  await browser.close()
  await stop(server)
  await rm(folder, { recursive: true, force: true })
}, 90_000)

async function as(user: string, width: number): Promise<Page> {
  const context = await browser.newContext({ baseURL: address, viewport: { width, height: width < 500 ? 844 : 900 }, isMobile: width < 500, hasTouch: width < 500, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  const answer = await page.request.post('/api/auth/sign-in', { data: { county_code: COUNTY, sign_name: user, password: PASSWORD } })
  expect(answer.status()).toBe(200)
  return page
}
/** Nothing is loading and the thread answers. */
async function drawn(page: Page): Promise<void> {
  await expect.poll(() => page.locator('.waiting, .bone').count(), { timeout: LIMIT }).toBe(0)
  await page.evaluate(() => new Promise((next) => { requestAnimationFrame(next) }))
}
/** Opens a page; how long it took until what is there can be used. */
async function usable(page: Page, path: string): Promise<number> {
  const began = Date.now()
  await page.goto(path, { waitUntil: 'commit' })
  await page.locator('h1, h2, h3').first().waitFor({ state: 'attached', timeout: LIMIT })
  await drawn(page)
  return Date.now() - began
}
for (const [user, kind] of [['county', 'county'], ['town', 'town'], [LONG, 'village'], ['sysadmin', 'sysadmin']] as const) {
  test(`every page of ${user} is usable and fits`, async () => {
    const slow: string[] = []
    const page = await as(user, 1440)
    for (const path of await pagesOf(page, kind)) {
      await page.setViewportSize(DESK)
      const took = await usable(page, path)
      if (took > LIMIT) slow.push(`${path}: ${String(took)} ms`)
      expect(await beyond(page), `wider than a desk: ${path}`).toBeLessThanOrEqual(0)
      await page.setViewportSize(PHONE)
      await drawn(page)
      expect(await beyond(page), `wider than a phone: ${path}`).toBeLessThanOrEqual(0)
    }
    await page.context().close()
    expect(slow).toEqual([])
  }, 240_000)
}

test('a village among fifteen hundred is found by typing, whatever its name', async () => {
  const page = await as('sysadmin', 1440)
  await usable(page, `${await home(page)}/accounts`)
  const units = page.locator('.el-select.unit')
  await units.click()
  await units.locator('input').fill('2号莫𡐓村')
  const options = page.locator('.el-select-dropdown__item:visible')
  await expect.poll(() => options.count()).toBeGreaterThan(0)
  expect((await options.allInnerTexts()).every((one) => one.includes('2号莫𡐓村'))).toBe(true)
  await options.first().click()
  await page.waitForURL(/at=/)
  await page.context().close()
}, 60_000)

/** Names that the page to be printed doesn't show to their end. */
const clipped = (page: Page) => page.evaluate(() => [...document.querySelectorAll<HTMLElement>('main th, main h1, main h2, main p, main dd')]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline' && getComputedStyle(one).overflowX !== 'visible')
  .map((one) => one.innerText))

test('a sheet with a name of 33 characters prints on its pages, and the rollup names everybody under repeated headings', async () => {
  const village = await as(LONG, 1440)
  const cycle = await cycleOf(village, 'f1')
  await usable(village, `${await home(village)}/submissions/${cycle.own?.submission_id ?? ''}`)
  const name = (await api<{ memberships: { unit: { name: string } }[] }>(village, 'auth/me')).memberships[0]?.unit.name ?? ''
  expect([...name]).toHaveLength(33)
  await village.emulateMedia({ media: 'print' })
  expect(await village.locator('main').innerText()).toContain(name)
  expect(await clipped(village)).toEqual([])
  await village.context().close()
  const town = await as('town', 1440)
  await usable(town, `${await home(town)}/rollup/${(await cycleOf(town, 'f1')).id}`)
  await town.emulateMedia({ media: 'print' })
  const units = (await town.locator('.rollup tbody th.col-unit').allInnerTexts()).map((one) => one.trim())
  expect(units.length).toBeGreaterThanOrEqual(170)
  expect(units).toContain(name)
  expect(units).toContain('2号莫𡐓村')
  expect(await clipped(town)).toEqual([])
  const file = join(folder, 'printed.pdf')
  await town.pdf({ path: file, preferCSSPageSize: true })
  const pages = execFileSync('pdftotext', [file, '-']).toString().normalize('NFKC').split('\f').filter((one) => one.includes('莫𡐓村'))
  expect(pages.length).toBeGreaterThan(3)
  // What the columns are is said on every page.
  for (const page of pages) expect(page.replace(/\s/g, '')).toContain('接待来访')
  await town.context().close()
}, 120_000)
