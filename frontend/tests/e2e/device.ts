import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { afterEach, beforeEach, expect } from 'vitest'
import { CHROMIUM, PICTURES, QUIET } from './platform'
import { reportsBelow, userOf } from './steps'
import { address, COUNTY, PASSWORD, type Visit } from './visit'

/** The road between a device and the platform, which can be taken away: nothing at all answers then. */
class Road {
  private readonly open = new Set<Socket>()
  private server: Server | null = null
  port = 0

  async build(): Promise<void> {
    const { hostname, port } = new URL(address)
    this.server = createServer((near) => {
      const far = connect(Number(port), hostname)
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.open.add(one)
        one.on('error', () => { other.destroy() })
        one.on('close', () => { this.open.delete(one) })
        one.pipe(other)
      }
    })
    await new Promise<void>((done) => this.server?.listen(this.port, '127.0.0.1', done))
    const bound = this.server.address()
    if (bound !== null && typeof bound === 'object') this.port = bound.port
  }
  async cut(): Promise<void> {
    const ended = new Promise((done) => this.server?.close(done))
    for (const one of this.open) one.destroy()
    await ended
    this.server = null
  }
  async tear(): Promise<void> { if (this.server) await this.cut() }
}

export let road: Road
export let profile: string
let device: BrowserContext | null = null

/** A browser of its own, with what it keeps on disk: closed and opened again it is the same device. */
export async function openDevice(): Promise<Page> {
  device = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM, args: QUIET, baseURL: `http://127.0.0.1:${String(road.port)}`, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 }, acceptDownloads: true,
  })
  device.setDefaultTimeout(20_000)
  return device.pages()[0] ?? device.newPage()
}
export async function closeDevice(): Promise<void> {
  await device?.close()
  device = null
}
export async function enter(page: Page, signName: string, shared = false): Promise<void> {
  await page.goto('/sign-in')
  // The page puts the one county there is in by itself, once it knows it.
  await expect.poll(() => page.locator('#county').inputValue()).toBe(COUNTY)
  await page.locator('#name').fill(signName)
  await page.locator('#password').fill(PASSWORD)
  if (shared) await page.locator('.el-checkbox.shared').click()
  await page.locator('button.go').click()
  await page.waitForURL(/\/u\//)
}
export const program = (page: Page) => page.evaluate(() => navigator.serviceWorker.ready.then((one) => one.active?.state))
export const storeOf = (page: Page, name: string) => page.evaluate(async (wanted) => {
  const names = (await indexedDB.databases()).map((one) => one.name)
  if (!names.includes('jiceng')) return null
  const store = await new Promise<IDBDatabase>((done, failed) => {
    const asked = indexedDB.open('jiceng')
    asked.onsuccess = () => { done(asked.result) }
    asked.onerror = () => { failed(new Error('no store')) }
  })
  const all = await new Promise<unknown[]>((done) => {
    const asked = store.transaction(wanted).objectStore(wanted).getAll()
    asked.onsuccess = () => { done(asked.result) }
  })
  store.close()
  return all
}, name)
export const keptEdits = (page: Page) => storeOf(page, 'pending')

/** Of a township of its own: the other files use up the villages of the listed one. */
export async function villageOf(visit: Visit, form: string, states: readonly string[], at: number): Promise<string> {
  const town = await visit.as('u370303101')
  const found = (await reportsBelow(town, form)).filter((one) => states.includes(one.state)).at(at)
  if (!found) throw new Error('no village left')
  return userOf(found)
}

/** In the file that calls it: each test has a device and a road of its own. */
export function useDevice(): void {
  beforeEach(async () => {
    road = new Road()
    await road.build()
    profile = await mkdtemp(join(tmpdir(), 'jiceng-device-'))
  })
  afterEach(async ({ task }) => {
    const page = task.result?.state === 'fail' ? device?.pages().at(-1) : undefined
    await page?.screenshot({ path: join(PICTURES, `device-${task.id}.png`) }).catch(() => undefined)
    await closeDevice()
    await road.tear()
    await rm(profile, { recursive: true, force: true })
  })
}
