// The README's pictures, taken anew from a demonstration that runs: `make pictures` (JICENG_ADDRESS, CHROMIUM).
import { join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'

const ADDRESS = process.env.JICENG_ADDRESS ?? 'http://127.0.0.1:8000'
const DOCS = join(import.meta.dirname, '../../docs')
const SIZES = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
}
/** Name, who, at which size, where: a page of the unit's, or what leads there from it.
 * @type {[string, string, 'desk' | 'phone', string, string?][]} */
const PICTURES = [
  ['county', 'county', 'desk', 'overview'],
  ['task', 'county', 'desk', 'tasks', 'text=优抚对象年度确认入户核对'],
  ['village', 'village', 'phone', 'inbox'],
  ['plan', 'village', 'phone', 'plans'],
]

const site = await (await fetch(`${ADDRESS}/api/public/site`)).json()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ['--no-sandbox', '--disable-gpu'],
})
for (const [name, who, size, at, then] of PICTURES) {
  const context = await browser.newContext({ ...SIZES[size], baseURL: ADDRESS, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', serviceWorkers: 'block' })
  const page = await context.newPage()
  const user = site.demo_users.find((one) => one.sign_name === who)
  const answer = await page.request.post('/api/auth/sign-in', {
    data: { county_code: user.county_code, sign_name: who, password: user.password },
  })
  const { me } = await answer.json()
  await page.goto(`/u/${me.memberships[0].unit.id}/${at}`)
  if (then !== undefined) await page.click(then)
  // The stream of events never ends, so the network is never idle: what was asked is there after a moment.
  await page.waitForTimeout(2500)
  await page.screenshot({ path: join(DOCS, `${name}.png`) })
  console.log(`docs/${name}.png`)
  await context.close()
}
await browser.close()
