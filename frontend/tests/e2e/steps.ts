import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { FormDefinition } from '@/formula'
import type { CyclePage, Me, Page as PageOf, SubmissionBrief } from '@/api/types'

import { underWay } from './visit'

/** What several tests do and ask. */

export const seen = (what: Locator) => what.first().waitFor({ state: 'visible' })
export const gone = (what: Locator) => what.first().waitFor({ state: 'hidden' })
export const path = (page: Page) => new URL(page.url()).pathname

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
/** The dialog on top of the page. */
export const dialog = (page: Page) => page.locator('[role=dialog]:visible').last()

/** Nothing is under way any more and no skeleton stands for what is still to come. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1, h2, h3').first().waitFor({ state: 'attached' })
  const end = Date.now() + 15_000
  for (let calm = 0; calm < 3;) {
    if (Date.now() > end) throw new Error(`still loading: ${page.url()}`)
    await page.waitForTimeout(40)
    calm = underWay(page) === 0 && await page.locator('.waiting, .bone').count() === 0 ? calm + 1 : 0
  }
}

/** The acting person's own view of the API, with their session. */
export async function api<T>(page: Page, what: string): Promise<T> {
  const me = (await (await page.request.get('/api/auth/me')).json()) as Me
  const answer = await page.request.get(`/api/${what}`, { headers: { 'X-Jiceng-Membership': me.memberships[0]?.id ?? '' } })
  expect(answer.status(), what).toBe(200)
  return (await answer.json()) as T
}

export async function home(page: Page): Promise<string> {
  const me = await api<Me>(page, 'auth/me')
  return `/u/${me.memberships[0]?.unit.id ?? ''}`
}

/** The newest cycle of a form, as the person sees it. */
export async function cycleOf(page: Page, form: string) {
  const { items } = await api<CyclePage>(page, 'cycles')
  const found = items.find((one) => one.form.code === form)
  if (!found) throw new Error(`no cycle of ${form}`)
  return found
}

/** Where one's own report of the newest cycle of a form is filled. */
export async function ownReport(page: Page, form: string): Promise<string> {
  const cycle = await cycleOf(page, form)
  return `${await home(page)}/submissions/${cycle.own?.submission_id ?? ''}`
}

export async function reportsBelow(page: Page, form: string): Promise<SubmissionBrief[]> {
  const cycle = await cycleOf(page, form)
  return (await api<PageOf<SubmissionBrief>>(page, `cycles/${cycle.id}/submissions`)).items
}

/** Villages are signed in as by their code; the one whose users are listed, by name. */
export const userOf = ({ unit }: SubmissionBrief) => (unit.code === '370303102201' ? 'village' : `u${unit.code}`)

export const cell = (page: Page, code: string) => page.locator(`[data-cell="${code}"]`)
export const box = (page: Page, code: string) => cell(page, code).locator('input, textarea')

export function focusedCell(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-cell]')?.dataset.cell ?? null)
}

/** Types where the focus is, as a person does. */
export async function type(page: Page, text: string, then?: string): Promise<void> {
  await page.keyboard.type(text)
  if (then !== undefined) await page.keyboard.press(then)
}

export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((block) => navigator.clipboard.writeText(block), text)
  await page.keyboard.press('Control+V')
}

export const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

export async function saved(page: Page): Promise<void> {
  await seen(page.locator('footer .saved', { hasText: '已保存' }))
}

/** Writes why into every warning that still asks. The checks follow the typing: they are waited for until none is added. */
export async function explain(page: Page): Promise<void> {
  const open = page.locator('.warned textarea')
  for (let count = -1, same = 0; same < 3;) {
    const now = await open.count()
    same = now === count ? same + 1 : 0
    count = now
    await page.waitForTimeout(300)
  }
  for (let at = 0; at < await open.count(); at += 1) await open.nth(at).fill('情况属实，已与台账核对')
}

/** Hands in a village's monthly table through the API: one household visited, otherwise zeros. For a queue to review. */
export async function handInQuietly(page: Page): Promise<string> {
  const me = await api<Me>(page, 'auth/me')
  const cycle = await cycleOf(page, 'f1')
  const id = cycle.own?.submission_id ?? ''
  const { definition } = await api<{ definition: FormDefinition }>(page, `form-versions/${cycle.form.version_id}`)
  const csrf = (await page.context().cookies()).find((one) => one.name === 'jiceng_csrf')?.value ?? ''
  const headers = { 'X-Jiceng-Membership': me.memberships[0]?.id ?? '', 'X-CSRF-Token': csrf }
  const asked = definition.fields.filter((one) => one.tree === null && one.required && one.tiers.includes('village'))
  const cells = asked.map(({ code }) => ({ code, base: null, new: code.startsWith('zf_') ? '1' : '0' }))
  const saved = await page.request.patch(`/api/submissions/${id}/draft`, { headers, data: { cells } })
  expect(saved.status(), await saved.text()).toBe(200)
  const { version } = (await saved.json()) as { version: number }
  const handed = await page.request.post(`/api/submissions/${id}/submit`, {
    headers: { ...headers, 'If-Match': `"${String(version)}"`, 'Idempotency-Key': crypto.randomUUID() }, data: {},
  })
  expect(handed.status(), await handed.text()).toBe(200)
  return id
}
