import { expect } from 'vitest'
import { button, cycleOf, home, seen, settled } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

flow('what was exported is fetched again from the downloads, by its maker alone', desk, async (visit) => {
  const page = await visit.as('town')
  const base = await home(page)
  const cycle = await cycleOf(page, 'f1')
  await page.goto(`${base}/rollup/${cycle.id}`)
  await settled(page)
  await button(page, /^导出/).click()
  await page.getByRole('menuitem', { name: /^完成情况/ }).click()
  await seen(button(page, '已生成，点此下载'))
  await button(page, /^导出/).click()
  await page.getByRole('menuitem', { name: /^下载记录/ }).click()
  await seen(page.getByRole('heading', { name: '下载记录' }))
  const line = page.getByRole('listitem').filter({ hasText: '_完成情况.xlsx' }).first()
  await seen(line.getByText(/^保留到/))
  const [file] = await Promise.all([page.waitForEvent('download'), line.getByRole('button', { name: /^下载/ }).click()])
  expect(file.suggestedFilename()).toMatch(/_完成情况\.xlsx$/)

  const colleague = await visit.as('town-leader', `${base}/downloads`)
  await seen(colleague.getByText('还没有导出过文件'))
})

flow('a list that does not come says so, and is asked for again', desk, async (visit) => {
  const page = await visit.as('town')
  const base = await home(page)
  visit.refusal(/api\/downloads/)
  await page.route('**/api/downloads', (route) => route.abort())
  await page.goto(`${base}/downloads`)
  await seen(button(page, '重试'))
  await page.unroute('**/api/downloads')
  await button(page, '重试').click()
  await seen(page.getByText(/^保留到/))
})
