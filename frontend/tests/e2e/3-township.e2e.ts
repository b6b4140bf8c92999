import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import {
  box, button, cell, clipboard, cycleOf, dialog, explain, gone, handInQuietly, home, ownReport, reportsBelow, saved, seen,
  settled, userOf,
} from './steps'
import { desk, flow, phone, type Visit, useBrowser } from './visit'

useBrowser()

async function villages(visit: Visit, state: string): Promise<string[]> {
  const town = await visit.as('town', '/', 'desk')
  return (await reportsBelow(town, 'f1')).filter((one) => one.state === state).map(userOf)
}

/** The township's page of the month with the monthly table, and one village's report open where `submission` says. */
async function month(visit: Visit, submission?: string): Promise<Page> {
  const page = await visit.as('town')
  const cycle = await cycleOf(page, 'f1')
  const query = submission === undefined ? '' : `&submission=${submission}`
  await page.goto(`${await home(page)}/month?cycle=${cycle.id}${query}`)
  await settled(page)
  return page
}

flow('who has reported and who has not is counted, reminded and copied', desk, async (visit) => {
  const page = await month(visit)
  const { counts } = await cycleOf(page, 'f1')
  const strip = page.locator('.month > header, .month header').first()
  for (const [word, n] of [['已审', counts.approved], ['待审', counts.submitted], ['退回', counts.returned]] as const) {
    await seen(strip.getByText(new RegExp(`${word}\\s*${String(n)}`)))
  }
  const missing = counts.not_started + counts.draft + counts.returned
  await button(page, `一键催报 ${String(missing)}`).click()
  await seen(page.getByText(`已催报 ${String(missing)} 个单位`))

  await page.getByRole('tab', { name: `未报和退回 ${String(missing)}` }).click()
  await button(page, '复制名单').click()
  expect(await clipboard(page)).toContain('范王村')
  const number = page.locator('button.phone').first()
  expect(await number.innerText()).toMatch(/^139\*{4}\d{4}$/)
  await number.click()
  await seen(page.locator('a[href^="tel:139"]'))

  const village = await visit.as('village')
  await seen(village.locator('.card', { hasText: '赵敏催报' }))
})

flow('a report is claimed, approved with Enter, and the next one opens', desk, async (visit) => {
  const page = await month(visit)
  const heading = page.locator('.desk > header h2')
  const first = await heading.innerText()
  await seen(page.locator('tr.then th', { hasText: '上期' }))
  await seen(page.locator('tr.gap th', { hasText: '差异' }))
  await button(page, '开始审核').click()
  await seen(page.getByText(/您正在审核，\d\d:\d\d 前对方不能撤回/))
  await page.locator('.desk .scroll').focus()
  await page.keyboard.press('Enter')
  await seen(page.getByText(/已通过/))
  await expect.poll(() => heading.innerText()).not.toBe(first)
  await seen(page.locator('.queue button.on'))
})

flow('a report is returned with marked cells and a reason; its village sees them', desk, async (visit) => {
  const user = (await villages(visit, 'not_started'))[0] ?? ''
  const submission = await handInQuietly(await visit.as(user))
  const page = await month(visit, submission)
  await seen(button(page, /^退回/))
  await page.locator('.desk .scroll').focus()
  await page.keyboard.press('r')
  await cell(page, 'zf_hc').getByRole('button').click()
  await cell(page, 'zf_rc').getByRole('button').click()
  await seen(page.getByText('已标 2 格'))
  await page.getByPlaceholder(/^退回原因/).fill('走访户次与台账不符')
  await button(page, /^退回给/).click()
  await seen(page.getByText(/^已退回.+对方会看到原因和标记。$/))

  const village = await visit.as(user)
  const card = village.locator('.card', { hasText: '走访户次与台账不符' })
  await card.getByRole('button', { name: '去修改' }).click()
  await seen(village.locator('.returned .what', { hasText: '走访户次与台账不符' }))
  await seen(village.locator('.returned .who', { hasText: /赵敏 于 .+ 退回/ }))
  for (const code of ['zf_hc', 'zf_rc']) await seen(village.locator(`[data-cell="${code}"].marked`))
  expect(await village.locator('[data-cell].marked').count()).toBe(2)
})

flow('those without warnings are approved in one act', desk, async (visit) => {
  const idle = await villages(visit, 'not_started')
  for (const user of idle.slice(0, 2)) await handInQuietly(await visit.as(user))
  const page = await month(visit)
  const bulk = button(page, /^批量通过无预警的 \d+ 份$/)
  const n = Number(/\d+/.exec(await bulk.innerText())?.[0])
  expect(n).toBeGreaterThan(1)
  const before = (await cycleOf(page, 'f1')).counts.approved
  await bulk.click()
  await dialog(page).getByRole('button', { name: '通过' }).click()
  await seen(page.getByText(`已通过 ${String(n)} 份。`))
  expect((await cycleOf(page, 'f1')).counts.approved).toBe(before + n)
  await gone(bulk)
})

flow('handing in with villages missing asks why, and the county reads it', desk, async (visit) => {
  const page = await month(visit)
  await button(page, '汇总上报').click()
  await seen(page.getByRole('tab', { name: '下属单位' }))
  await box(page, 'jf_pc').fill('1')
  await box(page, 'jf_rc').fill('2')
  await button(page, '其余填 0').click()
  await saved(page)
  await explain(page)
  await button(page, '汇总上报').click()
  const ask = dialog(page)
  await seen(ask.getByText(/还有 \d+ 个单位没有审核通过/))
  await seen(ask.getByRole('listitem'))
  await ask.getByLabel('未报原因').fill('石村换届交接，约定下月补报')
  await button(page, '写明原因并上报').click()
  await seen(dialog(page).getByText('【回执】'))

  const county = await visit.as('county')
  const cycle = await cycleOf(county, 'f1')
  await county.goto(`${await home(county)}/month?cycle=${cycle.id}`)
  await county.locator('.queue button', { hasText: '沣水镇' }).click()
  await seen(county.locator('.desk').getByText('石村换届交接，约定下月补报'))
  await seen(county.locator('.desk').getByText(/赵敏 于 .+ 上报/))
})

flow('one\'s own report on a phone has both tabs', phone, async (visit) => {
  const page = await visit.as('town')
  await page.goto(await ownReport(page, 'f1'))
  await page.getByRole('tab', { name: '下属单位' }).click()
  await seen(page.getByText(/下属 \d+ 个单位：已审 \d+/))
})
