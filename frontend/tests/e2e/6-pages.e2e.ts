import { expect } from 'vitest'
import { button, home, ownReport, reportsBelow, seen, settled, userOf } from './steps'
import { pagesOf, USERS } from './pages'
import { desk, flow, phone, useBrowser } from './visit'
import { Heard, isKey, nameless, textsOf } from './words'

useBrowser()

for (const user of USERS) {
  flow(`in English every page of ${user} is English, and every control has a name`, desk, async (visit) => {
    const page = await visit.as(user)
    const heard = new Heard(page)
    await settled(page)
    await button(page, '账号与设置').click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await seen(page.getByRole('navigation', { name: 'Main navigation' }))
    for (const path of await pagesOf(page, user)) {
      await page.goto(path)
      await settled(page)
      const texts = await textsOf(page)
      expect(texts.map((text) => heard.foreign(text)).filter((text) => text !== ''), `Chinese on ${path}`).toEqual([])
      expect(texts.filter(isKey), `untranslated on ${path}`).toEqual([])
      expect(await nameless(page), `without a name on ${path}`).toEqual([])
    }
  })

  flow(`on a phone no page of ${user} is wider than the screen`, phone, async (visit) => {
    const page = await visit.as(user)
    for (const path of await pagesOf(page, user)) {
      await page.goto(path)
      await settled(page)
      const beyond = await page.evaluate(() => {
        const main = document.querySelector('main')
        return Math.max(document.documentElement.scrollWidth, main?.scrollWidth ?? 0) - document.documentElement.clientWidth
      })
      expect(beyond, `wider than the screen: ${path}`).toBeLessThanOrEqual(0)
      expect(await nameless(page), `without a name on ${path}`).toEqual([])
    }
  })
}

flow('filling: every input has a name, and where the focus is can be seen', ['desk', 'phone'], async (visit) => {
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
