import process from 'node:process'
import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { Rollup } from '@/api/types'
import type { Assignment, ReceivedPage, Task, TaskPage } from '@/api/tasks'
import { api, box, button, dialog, home, seen, settled } from './steps'
import { desk, flow, phone, type Visit, useBrowser } from './visit'

useBrowser()

const FIELDS = ['困难户数', '困难人数', '已帮扶人数', '帮扶金额（万元）', '缺口金额']
const NUMBERS = ['3', '7', '5', '1.25', '800']
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })

/** Every click and every key of a hand, counted as it is made: nothing on the page is reached otherwise. */
class Hand {
  clicks = 0
  keys = 0
  typed = 0
  constructor(private readonly page: Page) {}

  async click(what: Locator): Promise<void> {
    this.clicks += 1
    await what.first().click()
  }
  async press(key: string): Promise<void> {
    this.keys += 1
    await this.page.keyboard.press(key)
  }
  async type(text: string): Promise<void> {
    this.typed += [...text].length
    // A box that was just entered takes its text as chosen; no hand is faster than that.
    await this.page.waitForTimeout(60)
    await this.page.keyboard.type(text)
  }
}

async function issued(page: Page, title: string): Promise<Task> {
  const { items } = await api<TaskPage>(page, `tasks/issued?search=${encodeURIComponent(title)}`)
  return api<Task>(page, `tasks/${items[0]?.id ?? ''}`)
}
const titled = (what: string) => `${what}${crypto.randomUUID().slice(0, 4)}`

/** From the home page to 已交办: five fields to every village. */
async function ask(visit: Visit, title: string): Promise<Page> {
  const county = await visit.as('county', '/', 'desk')
  await settled(county)
  const hand = new Hand(county)
  await hand.click(county.getByRole('link', { name: '任务' }))
  await hand.click(button(county, '交办任务'))
  await hand.click(field(county, '任务标题'))
  await hand.type(title)
  await hand.click(button(county, /全部村（社区）/))
  await hand.click(button(county, '现场制表'))
  for (const [at, name] of FIELDS.entries()) {
    await expect.poll(() => county.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(`第 ${String(at + 1)} 个字段名`)
    await hand.type(name)
    await hand.press('Enter')
  }
  await hand.click(button(county, /^交办给 \d+ 个单位/))
  await seen(county.getByText(/已交办给 \d+ 个单位/))
  process.stdout.write(`county, five fields to every village: ${String(hand.clicks)} clicks, ${String(hand.typed)} characters, ${String(hand.keys)} other keys\n`)
  expect(hand.clicks).toBeLessThanOrEqual(25)
  return county
}

flow('five fields to every village: few clicks to ask, few to answer, and it adds up', desk, async (visit) => {
  const title = titled('困难户数据')
  const county = await ask(visit, title)
  const { table } = await issued(county, title)
  expect(table?.fields).toBe(FIELDS.length)

  const village = await visit.as('village', '/', 'phone')
  await settled(village)
  const hand = new Hand(village)
  const card = village.locator('.card', { hasText: title })
  await seen(card)
  await hand.click(card.getByRole('button', { name: '填写' }))
  await seen(box(village, 'c1'))
  await hand.click(box(village, 'c1'))
  for (const [at, number] of NUMBERS.entries()) {
    await hand.type(number)
    if (at < NUMBERS.length - 1) await hand.press('Enter')
  }
  await expect.poll(() => box(village, 'c5').inputValue()).toBe('800')
  await hand.click(button(village, '上报'))
  await seen(dialog(village).getByText('【回执】'))
  process.stdout.write(`village, five fields: ${String(hand.clicks)} clicks and ${String(hand.keys)} other keys besides ${String(hand.typed)} characters of numbers\n`)
  expect(hand.clicks).toBeLessThanOrEqual(6)
  await village.keyboard.press('Escape')

  // The township reviews it like any report; with the others missing it says why.
  const town = await visit.as('town', '/', 'desk')
  await settled(town)
  const { items } = await api<ReceivedPage>(town, `tasks/received?search=${encodeURIComponent(title)}`)
  const own = items[0]?.share.id ?? ''
  await town.goto(`${await home(town)}/assignments/${own}`)
  await seen(button(town, '看汇总'))
  await expect.poll(async () => (await api<Rollup>(town, `cycles/${table?.cycle_id ?? ''}/rollup`)).totals.live.c4).toBe('1.25')
  const { items: shares } = await api<{ items: { id: string; state: string }[] }>(town, `assignments/${own}/shares`)
  const handedIn = shares.find((share) => share.state === 'handed_in')
  await town.goto(`${await home(town)}/assignments/${handedIn?.id ?? ''}`)
  await button(town, '去审核').click()
  await button(town, '通过').first().click()
  await expect.poll(async () => (await api<Assignment>(town, `assignments/${handedIn?.id ?? ''}`)).share.state).toBe('accepted')

  await county.reload()
  await seen(county.locator('[data-field="c2"] td', { hasText: '7' }))
  await county.getByRole('link', { name: '看汇总' }).click()
  await seen(county.getByText('困难户数').first())
})

flow('a column out of Excel is fields, a name twice is told, and a village sees what it is asked for', phone, async (visit) => {
  const title = titled('粘贴制表')
  const town = await visit.as('town', '/', 'desk')
  await town.goto(`${await home(town)}/tasks/new`)
  await field(town, '任务标题').fill(title)
  await button(town, /全部村（社区）/).click()
  await button(town, '现场制表').click()
  await field(town, '第 1 个字段名').evaluate((element) => {
    const data = new DataTransfer()
    data.setData('text/plain', '在册户数\t户\n缺口金额\t万元\n缺口金额\t元\n')
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await seen(town.getByText('附表有重名字段'))
  await field(town, '第 3 个字段名').fill('是否在册')
  await town.keyboard.press('Enter')
  expect(await field(town, '第 3 个字段的选项').inputValue()).toBe('是、否')
  await button(town, /^交办给 \d+ 个单位/).click()
  await seen(town.getByText(/已交办给 \d+ 个单位/))

  const village = await visit.as('village')
  await village.locator('.card', { hasText: title }).getByRole('button', { name: '填写' }).click()
  await village.getByRole('link', { name: '任务要求' }).click()
  await seen(village.getByText('填好上报即报结'))
  await button(village, '去填报').click()
  await seen(box(village, 'c2'))
})
