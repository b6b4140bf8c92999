import { expect } from 'vitest'
import type { Month } from '@/api/types'
import { api, button, dialog, home, seen, settled } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

flow('the township sees every village by everything due, narrows it and copies the names', desk, async (visit) => {
  const page = await visit.as('town')
  await page.goto(`${await home(page)}/month/all`)
  await settled(page)
  const { rows, columns } = await api<Month>(page, 'month')
  expect(await page.locator('.glance tbody tr').count()).toBe(rows.length)
  const approved = rows.filter((row) => row.cells.some((cell) => cell.state === 'approved'))
  await page.getByRole('group', { name: '状态' }).getByRole('button', { name: /^已审/ }).click()
  await expect.poll(() => page.locator('.glance tbody tr').count()).toBe(approved.length)
  await button(page, '复制名单').click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  for (const { cycle_id } of columns) {
    const of = rows.filter((row) => row.cells.some((cell) => cell.cycle_id === cycle_id && cell.state === 'approved'))
    if (of.length > 0) expect(copied).toContain(`已审 ${String(of.length)} 个`)
  }
  for (const row of approved) expect(copied).toContain(row.unit.short_name)
})

flow('a telephone number is masked until it is asked for', desk, async (visit) => {
  const page = await visit.as('town')
  await page.goto(`${await home(page)}/month/all`)
  const first = page.locator('.glance tbody tr').first()
  await seen(first.getByText(/^139\*{4}\d{4}$/))
  await first.getByRole('button', { name: /打电话/ }).click()
  await seen(first.locator('a[href^="tel:139"]'))
  expect(await first.locator('a[href^="tel:139"]').innerText()).toMatch(/^139\d{8}$/)
})

flow('the township names a patch officer and can then look at that officer’s villages alone', desk, async (visit) => {
  const page = await visit.as('town')
  await page.goto(`${await home(page)}/month/all`)
  await page.locator('.glance tbody tr').nth(2).locator('button.name').click()
  await dialog(page).getByLabel('包片人员').fill('赵包片')
  await button(page, '保存').click()
  await seen(page.getByText('联系人已保存。'))
  await page.locator('.officers').click()
  await page.getByRole('option', { name: '赵包片' }).click()
  await expect.poll(() => page.locator('.glance tbody tr').count()).toBe(1)
})

flow('the county opens a township, or lists every village', desk, async (visit) => {
  const page = await visit.as('county')
  await page.goto(`${await home(page)}/month/all`)
  await button(page, '展开沣水镇').click()
  await seen(page.locator('.glance tr.child'))
  await page.locator('.el-radio-button', { hasText: '全部村（社区）' }).click()
  await seen(button(page, /再显示一些/))
  expect(await page.locator('.glance tbody tr').count()).toBeGreaterThan(100)
})
