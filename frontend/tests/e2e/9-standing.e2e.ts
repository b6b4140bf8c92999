import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { CyclePage } from '@/api/types'
import { api, box, button, cell, dialog, explain, home, ownReport, reportsBelow, saved, seen, userOf } from './steps'
import { desk, flow, type Visit, useBrowser } from './visit'

useBrowser()

/** Chooses in a menu that opens on a click. */
async function choose(page: Page, menu: string, what: string): Promise<void> {
  await button(page, menu).click()
  await page.getByRole('menuitem', { name: what, exact: true }).click()
}
async function why(page: Page, reason: string, go: string): Promise<void> {
  await dialog(page).getByRole('textbox').last().fill(reason)
  await dialog(page).getByRole('button', { name: go, exact: true }).click()
}
/** Of a township of its own: the other files use up the villages of the listed one. */
async function idle(visit: Visit, at: number) {
  const town = await visit.as('u370303107')
  const found = (await reportsBelow(town, 'f1')).filter((one) => one.state === 'not_started').at(at)
  if (!found) throw new Error('every village has begun')
  return { town, brief: found, report: `${await home(town)}/submissions/${found.id}` }
}
async function approve(page: Page, cycle: string, unit: string): Promise<void> {
  await page.goto(`${await home(page)}/month?cycle=${cycle}`)
  await page.locator('.queue button', { hasText: unit }).click()
  await seen(page.locator('.desk > header h2', { hasText: unit }))
  await button(page, /^通过/).click()
  await seen(page.getByText(new RegExp(`${unit}.*已通过`)))
}

flow('reported by telephone: the village is told, objects and is answered; a slip is mended with a mark', desk, async (visit) => {
  const { town, brief, report } = await idle(visit, 0)
  await town.goto(report)
  await choose(town, '更多', '代报')
  await town.getByRole('textbox', { name: /谁报来的/ }).fill('王主任 11 月 23 日电话')
  await button(town, '其余填 0').click()
  await box(town, 'zf_hc').fill('3')
  await box(town, 'zf_rc').fill('3')
  await town.keyboard.press('Enter')
  await explain(town)
  await button(town, '代为上报').click()
  await seen(town.getByText(/已代.+上报/))
  await seen(town.getByText('电话报送：王主任 11 月 23 日电话'))

  const village = await visit.as(userOf(brief))
  await seen(village.locator('.card', { hasText: '代报' }))
  const own = await ownReport(village, 'f1')
  await village.goto(own)
  await seen(village.getByText(/代报（.+，.+）/))
  await button(village, '提出异议').click()
  await why(village, '走访应为 4 人', '提出异议')
  await seen(village.getByText('等待审核单位答复'))

  await town.reload()
  await seen(town.getByText('走访应为 4 人'))
  await button(town, '答复异议').click()
  await why(town, '已核对，按 4 人代改', '答复异议')
  await seen(town.getByText('已答复。'))
  await choose(town, '更多', '代改')
  await box(town, 'zf_rc').fill('4')
  await town.keyboard.press('Enter')
  await town.getByRole('textbox', { name: /为什么改/ }).fill('少记一人，已与会计核对')
  await explain(town)
  await button(town, '确认代改').click()
  await seen(town.getByText('已代改'))

  await village.goto(own)
  await seen(village.getByText(/代改（.+，.+）/))
  const changes = village.locator('.side')
  await changes.locator('summary', { hasText: '代改' }).click()
  await seen(changes.getByText('少记一人，已与会计核对'))
  expect(await changes.locator('details[open] .pair').allInnerTexts()).toEqual([expect.stringMatching(/^3\s*→\s*4$/)])
})

flow('a later due date and an exemption are granted with a reason, and their villages see them', desk, async (visit) => {
  const { brief } = await idle(visit, -1)
  const county = await visit.as('county', '/', 'desk')
  const here = `${await home(county)}/submissions/${brief.id}`
  await county.goto(here)
  await choose(county, '更多', '延期')
  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
  await dialog(county).locator('.day input').fill(day)
  await county.keyboard.press('Enter')
  await why(county, '村会计住院', '准予延期')
  await seen(county.getByText(/已给.+延期/))
  const village = await visit.as(userOf(brief), '/')
  await village.goto(await ownReport(village, 'f1'))
  await seen(village.getByText(/准予延期到 .+：村会计住院/))
  await seen(box(village, 'zf_hc'))

  await county.reload()
  await choose(county, '更多', '免报')
  await why(county, '整村搬迁', '准予免报')
  await seen(county.getByText(/本期免报。/))
  await village.reload()
  await seen(village.getByText('本期免报：整村搬迁'))
  // On a phone what can't be typed in is a box all the same.
  await expect.poll(() => cell(village, 'zf_hc').locator('input:not([readonly])').count(), { timeout: 10_000 }).toBe(0)
  await county.reload()
  await choose(county, '更多', '取消免报')
  await dialog(county).getByRole('button').last().click()
  await seen(county.getByText(/已取消.+的免报/))
})

flow('closed, reopened for one village, corrected: marked as after closing, and the archive shows what differs', desk, async (visit) => {
  const county = await visit.as('county')
  const months = (await api<CyclePage>(county, 'cycles')).items.filter((one) => one.form.code === 'f1')
  const past = months[1]
  if (!past) throw new Error('no month before')
  await county.goto(`${await home(county)}/month?cycle=${past.id}`)
  await choose(county, '本期管理', '报出存档…')
  await dialog(county).getByPlaceholder('例如：市退役军人事务局').fill('淄博市退役军人事务局')
  await dialog(county).getByRole('button', { name: '存档', exact: true }).click()
  await seen(county.getByText('现在的已审数与存档一致'))
  await choose(county, '本期管理', '封存')
  await dialog(county).getByRole('button', { name: '封存', exact: true }).click()
  await seen(county.getByText('已封存，已审数已存档'))

  const village = await visit.as('village')
  const own = (await api<CyclePage>(village, 'cycles')).items.find((one) => one.id === past.id)?.own?.submission_id ?? ''
  await village.goto(`${await home(village)}/submissions/${own}`)
  await seen(village.getByText('本期已封存，不能再修改'))
  expect(await button(village, '更正').count()).toBe(0)
  await county.goto(`${await home(county)}/submissions/${own}`)
  await choose(county, '更多', '启封')
  await why(county, '走访户次多记', '启封')
  await seen(county.getByText(/已对.+启封/))

  const correct = async (page: Page, reason: string) => {
    await button(page, '更正').click()
    await why(page, reason, '开始更正')
    await seen(cell(page, 'zf_hc'))
  }
  await village.reload()
  await seen(village.getByText('已对本单位启封，可以更正'))
  await correct(village, '走访户次多记')
  const before = Number(await box(village, 'zf_rc').inputValue())
  await box(village, 'zf_rc').fill(String(before + 1))
  await village.keyboard.press('Enter')
  await saved(village)
  await explain(village)
  await button(village, '上报').click()
  await seen(dialog(village).getByText('【回执】'))

  const town = await visit.as('town')
  await approve(town, past.id, '范王村')
  const township = (await api<CyclePage>(town, 'cycles')).items.find((one) => one.id === past.id)?.own?.submission_id ?? ''
  await town.goto(`${await home(town)}/submissions/${township}`)
  await correct(town, '范王村更正')
  await explain(town)
  await button(town, '汇总上报').click()
  await seen(dialog(town).getByText('【回执】'))
  await approve(county, past.id, '沣水镇')
  await county.goto(`${await home(county)}/submissions/${own}`)
  await seen(county.getByText('这一稿是封存后更正的'))
  await county.goto(`${await home(county)}/rollup/${past.id}`)
  await seen(county.locator('tr[data-unit]', { hasText: '沣水镇' }).getByText('封存后更正'))
  await county.goto(`${await home(county)}/archives/${past.id}`)
  await county.locator('.list button', { hasText: '报出数' }).click()
  await seen(county.getByText('左边是存档时的数，右边是现在的已审数'))
})
