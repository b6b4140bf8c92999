import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { Me } from '@/api/types'
import { api, button, cycleOf, home, ownReport, seen, settled } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

/** A photo as a telephone makes it, drawn in the page: large, and not compressible to nothing. */
async function photo(page: Page): Promise<Buffer> {
  const encoded = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 3200
    canvas.height = 2400
    const paper = canvas.getContext('2d')
    for (let at = 0; paper && at < 4000; at += 1) {
      paper.fillStyle = `hsl(${String((at * 37) % 360)} 60% 50%)`
      paper.fillRect((at * 613) % 3200, (at * 197) % 2400, 60, 40)
    }
    return canvas.toDataURL('image/jpeg', 0.98).split(',')[1] ?? ''
  })
  return Buffer.from(encoded, 'base64')
}
const panel = (page: Page) => page.locator('.attachments')
const line = (page: Page, name: string) => panel(page).locator('li', { hasText: name })

flow('a stamped sheet is photographed, sent after a lost connection, taken down and brought back', phone, async (visit) => {
  const village = await visit.as('village')
  const report = await ownReport(village, 'f1')
  await village.goto(report)
  await settled(village)
  await seen(panel(village).getByText('没有也能上报'))
  const taken = await photo(village)
  const name = `盖章 莫𡐓村 ${String(taken.length)}.jpg`

  visit.refusal(/attachments|ERR_FAILED|ERR_INTERNET/)
  await village.route('**/api/attachments?*', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await panel(village).getByLabel('选择文件').first().setInputFiles({ name, mimeType: 'image/jpeg', buffer: taken })
  await seen(line(village, name).getByText('重试'))
  await village.unroute('**/api/attachments?*')
  await line(village, name).getByRole('button', { name: '重试' }).click()
  await seen(village.getByText('已上传。'))
  await seen(line(village, name).getByText('李秀兰'))

  // Smaller than what the camera made: villages have weak networks.
  const id = report.split('/').at(-1) ?? ''
  const kept = await api<{ items: { size: number; name: string }[] }>(village, `attachments?subject_kind=submission&subject_id=${id}`)
  const size = kept.items.find((one) => one.name === name)?.size ?? 0
  expect(size).toBeGreaterThan(10_000)
  expect(size).toBeLessThan(taken.length)

  await line(village, name).getByRole('button', { name: `撤下 ${name}` }).click()
  await village.getByRole('button', { name: '撤销' }).click()
  await seen(line(village, name).getByText('李秀兰'))
  await line(village, name).getByRole('button', { name: `查看 ${name}` }).click()
  await expect.poll(() => village.locator('.el-dialog img').evaluate((shown) => (shown as HTMLImageElement).naturalWidth)).toBe(2560)
})

flow('what is no document is refused in words', phone, async (visit) => {
  visit.refusal(/422.*attachments/)
  const village = await visit.as('village')
  await village.goto(await ownReport(village, 'f1'))
  await settled(village)
  await panel(village).getByLabel('选择文件').first().setInputFiles({ name: '压缩.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Rar!\x1a\x07\x00', 'latin1') })
  await seen(line(village, '压缩.jpg').getByText('压缩包请先解压'))
  await line(village, '压缩.jpg').getByRole('button', { name: '不传了' }).click()
  await expect.poll(() => line(village, '压缩.jpg').count()).toBe(0)
})

flow('the county keeps the paper that went to the city beside its archive', desk, async (visit) => {
  const county = await visit.as('county')
  const cycle = await cycleOf(county, 'f1')
  const csrf = (await county.context().cookies()).find((one) => one.name === 'jiceng_csrf')?.value ?? ''
  const me = await api<Me>(county, 'auth/me')
  const reported = await county.request.post(`/api/cycles/${cycle.id}/archives`, {
    headers: { 'X-Jiceng-Membership': me.memberships[0]?.id ?? '', 'X-CSRF-Token': csrf, 'If-Match': `"${String(cycle.version)}"`, 'Idempotency-Key': crypto.randomUUID() },
    data: { document_no: '张退役〔2026〕1号', destination: '市局', reported_on: '2026-11-05', signers: [], note: '' },
  })
  expect(reported.status(), await reported.text()).toBeLessThan(300)
  const { archive_id: archive } = (await reported.json()) as { archive_id: string }
  await county.goto(`${await home(county)}/archives/${cycle.id}?archive=${archive}`)
  await settled(county)
  await panel(county).getByLabel('选择文件').first().setInputFiles({ name: '报出.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 x') })
  await seen(county.getByText('已上传。'))
  await button(county, '撤下 报出.pdf').click()
  await expect.poll(() => panel(county).locator('li', { hasText: '报出.pdf' }).count()).toBe(0)
})
