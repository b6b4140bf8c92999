import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { CyclePage } from '@/api/types'
import { api, button, home, seen, settled } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

const python = (program: string, ...rest: string[]) =>
  execFileSync(join(process.cwd(), '..', '.venv', 'bin', 'python'), ['-c', program, ...rest], { encoding: 'utf-8' })
const DRAW = `
import sys
from openpyxl import Workbook
from openpyxl.styles import Font
book = Workbook()
page = book.worksheets[0]
page.title = "市表"
page.merge_cells("A1:D1")
page["A1"] = "接访情况统计表"
page["A1"].font = Font(size=20, bold=True)
page["A2"] = "报告期"
page["A4"], page["B4"], page["C4"] = "镇街", "来访接待·接待来访·批次", "来访接待·接待来访·人次"
page["A5"], page["A6"], page["A7"] = "沣水镇", "四宝山街道", "合计"
page["B7"], page["C7"] = "=SUM(B5:B6)", "=SUM(C5:C6)"
book.save(sys.argv[1])
`
const READ = `
import sys
from openpyxl import load_workbook
page = load_workbook(sys.argv[1])["市表"]
print(page["A1"].font.size, page["B2"].value, page["B7"].value, type(page["B5"].value).__name__)
`

flow('the city\'s own workbook is uploaded once, matched by words, and filled', desk, async (visit) => {
  const page = await visit.as('county')
  const folder = mkdtempSync(join(tmpdir(), 'jiceng-'))
  const [city, filled] = ['市里的表', 'filled'].map((name) => join(folder, `${name}.xlsx`)) as [string, string]
  python(DRAW, city)
  await page.goto(`${await home(page)}/forms`)
  await button(page, '套表').click()
  await page.locator('input.file').setInputFiles(city)
  await seen(page.getByRole('heading', { name: '市里的表' }))
  await button(page, '按文字对应').click()
  await seen(page.getByText('找到 1 处，核对后保存。'))
  await page.getByRole('button', { name: /^B2/ }).click()
  await page.locator('.editor .el-select').first().click()
  await page.getByRole('option', { name: '报告期' }).click()
  await button(page, '对应到这里').click()
  await button(page, '保存对应').click()
  await seen(page.getByText('已保存对应。'))

  // The month before, which the county has approved.
  const { periods } = await api<CyclePage>(page, 'cycles')
  await page.goto(`${await home(page)}/city-sheets?period=${periods[1] ?? ''}`)
  await settled(page)
  await button(page, /^导出2026年/).click()
  const partial = button(page, '仍然导出，这些格空着')
  await seen(partial.or(button(page, '已填好，点此下载')))
  if (await partial.count() > 0) await partial.click()
  const done = button(page, '已填好，点此下载')
  await seen(done)
  const [file] = await Promise.all([page.waitForEvent('download'), done.click()])
  await file.saveAs(filled)
  expect(python(READ, filled).trim()).toMatch(/^20\.0 2026年\d+月 =SUM\(B5:B6\) int$/)
})
