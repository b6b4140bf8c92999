import { expect } from 'vitest'
import { button, gone, home, ownReport, reportsBelow, seen, settled, userOf } from './steps'
import { beyond, pagesOf, USERS, walkTo } from './pages'
import { both, desk, DESK, flow, PHONE, useBrowser } from './visit'
import { Heard, isKey, nameless, textsOf } from './words'

useBrowser()

for (const user of USERS) {
  flow(`every page of ${user} is English in English, names its controls, and fits a desk and a phone`, desk, async (visit) => {
    const page = await visit.as(user)
    const heard = new Heard(page)
    await settled(page)
    await button(page, '账号与设置').click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await seen(page.getByRole('navigation', { name: 'Main navigation' }))
    await gone(page.getByRole('menuitem'))
    for (const path of await pagesOf(page, user)) {
      await walkTo(page, path)
      await settled(page)
      await heard.all()
      const texts = await textsOf(page)
      expect(texts.map((text) => heard.foreign(text)).filter((text) => text !== ''), `Chinese on ${path}`).toEqual([])
      expect(texts.filter(isKey), `untranslated on ${path}`).toEqual([])
      expect(await nameless(page), `without a name on ${path}`).toEqual([])
      expect(await beyond(page), `wider than a desk: ${path}`).toBeLessThanOrEqual(0)
      await page.setViewportSize(PHONE)
      await settled(page)
      expect(await beyond(page), `wider than a phone: ${path}`).toBeLessThanOrEqual(0)
      expect(await nameless(page), `without a name on a phone: ${path}`).toEqual([])
      await page.setViewportSize(DESK)
    }
  })
}

flow('filling: every input has a name, and where the focus is can be seen', both, async (visit) => {
  const town = await visit.as('town', '/', 'desk')
  const idle = (await reportsBelow(town, 'f1')).filter((one) => ['not_started', 'draft'].includes(one.state))
  const page = await visit.as(idle[0] ? userOf(idle[0]) : 'village')
  await page.goto(await ownReport(page, 'f1'))
  await settled(page)
  const inputs = page.locator('.paper').locator('input, textarea, select')
  expect(await inputs.count()).toBeGreaterThan(20)
  expect(await nameless(page)).toEqual([])
  const marked = () => page.evaluate(() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement ?? document.body)
    return boxShadow !== 'none' || (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0)
  })
  await inputs.first().focus()
  for (let step = 0; step < 6; step += 1) {
    expect(await marked(), 'the focus can be seen').toBe(true)
    await page.keyboard.press('Tab')
  }
  if (visit.narrow) return
  await button(page, '上报').focus()
  await page.keyboard.press('Shift+Tab')
  expect(await marked(), 'on a button too').toBe(true)
})

flow('an address that leads nowhere says so', desk, async (visit) => {
  const page = await visit.as('village')
  await page.goto(`${await home(page)}/no-such-page`)
  await seen(page.getByText('没有这个页面'))
})
