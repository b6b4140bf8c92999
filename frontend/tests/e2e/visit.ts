import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { PICTURES } from './platform'

export type Size = 'desk' | 'phone'

export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }
const SIZES = {
  desk: { viewport: DESK },
  phone: { viewport: PHONE, isMobile: true, hasTouch: true },
} as const

export const COUNTY = '370303'
/** Every account of the demonstration has it. */
export const PASSWORD = 'Jiceng-2026'
export const address = inject('address')

let browser: Browser
const requests = new WeakMap<Page, Set<Request>>()

/** How many answers a page still waits for; its stream of events never ends and isn't counted. */
export const underWay = (page: Page) => requests.get(page)?.size ?? 0

function follow(page: Page): void {
  const open = new Set<Request>()
  requests.set(page, open)
  page.on('request', (request) => { if (!request.url().endsWith('/api/events')) open.add(request) })
  page.on('requestfinished', (request) => { open.delete(request) })
  page.on('requestfailed', (request) => { open.delete(request) })
}

/** One test's visitors: each has a browser of their own, and all of them are watched. */
export class Visit {
  private readonly contexts: BrowserContext[] = []
  private readonly troubles: string[] = []
  private readonly expected: RegExp[] = []

  constructor(readonly size: Size) {}

  get narrow(): boolean { return this.size === 'phone' }

  /** A page nobody has signed in on. */
  async stranger(size: Size = this.size): Promise<Page> {
    const context = await browser.newContext({
      ...SIZES[size], baseURL: address, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', acceptDownloads: true,
      permissions: ['clipboard-read', 'clipboard-write'],
      // Each context is a browser that never came before: it would fetch the whole program for use without a network,
      // which the devices of the offline tests do (`openDevice`) and nobody else needs.
      serviceWorkers: 'block',
    })
    context.setDefaultTimeout(15_000)
    this.contexts.push(context)
    const page = await context.newPage()
    follow(page)
    page.on('pageerror', (error) => { this.troubles.push(`${page.url()}: ${error.stack ?? error.message}`) })
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      const line = `${message.text()} (${message.location().url})`
      if (!this.expected.some((pattern) => pattern.test(line))) this.troubles.push(`${page.url()}: ${line}`)
    })
    return page
  }

  /** A page of somebody who is signed in, at their home or at `path`. */
  async as(signName: string, path = '/', size: Size = this.size): Promise<Page> {
    const page = await this.stranger(size)
    const answer = await page.request.post('/api/auth/sign-in', {
      data: { county_code: COUNTY, sign_name: signName, password: PASSWORD },
    })
    expect(answer.status(), `${signName} signs in`).toBe(200)
    await page.goto(path)
    return page
  }

  /** The browser's own line for an answer that this test means to provoke. */
  refusal(pattern: RegExp): void { this.expected.push(pattern) }

  async end(name: string, failed: boolean): Promise<void> {
    for (const [at, context] of this.contexts.entries()) {
      const page = context.pages()[0]
      if (failed && page) {
        mkdirSync(PICTURES, { recursive: true })
        const file = join(PICTURES, `${name.replace(/[^\w\u4e00-\u9fff]+/g, '-')}-${this.size}-${String(at + 1)}.png`)
        await page.screenshot({ path: file }).catch(() => undefined)
      }
      await context.close()
    }
    if (!failed) expect(this.troubles, 'errors in the browser').toEqual([])
  }
}

/** In the file that calls it: the browser of the run. */
export function useBrowser(): void {
  beforeAll(async () => { browser = await chromium.connect(inject('browser')) })
  afterAll(async () => { await browser.close() })
}

/** A test, once for each size of screen. */
export function flow(name: string, sizes: readonly Size[], run: (visit: Visit) => Promise<void>): void {
  for (const size of sizes) {
    test(`${name} (${size})`, async () => {
      const visit = new Visit(size)
      let failed = true
      try {
        await run(visit)
        failed = false
      } finally {
        await visit.end(name, failed)
      }
    })
  }
}

export const both: readonly Size[] = ['desk', 'phone']
export const desk: readonly Size[] = ['desk']
export const phone: readonly Size[] = ['phone']
