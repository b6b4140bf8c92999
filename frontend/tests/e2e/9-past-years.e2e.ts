import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Comparison } from '@/api/comparing'
import { api, button, cycleOf, home, seen } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

/** Types a figure into every cell of one village in every sheet; told so, a wrong one into the first. */
const TYPE_IN = `
import sys
from openpyxl import load_workbook
book = load_workbook(sys.argv[1])
for page in book.worksheets:
    heads = [row for row in range(1, 20) if str(page.cell(row, 1).value).startswith("@jiceng")]
    if not heads:
        continue
    row = next(row for row in range(heads[0] + 1, page.max_row + 1) if page.cell(row, 1).value == "370303102201")
    for column in range(5, page.max_column + 1):
        if not page.cell(row, column).protection.locked and page.cell(row, column).number_format != "@":
            page.cell(row, column).value = 3
    if len(sys.argv) > 3 and page is book.worksheets[0]:
        page.cell(row, 5).value = "三"
book.save(sys.argv[2])
`

flow('an earlier year is imported once it is right, and is history from then on', desk, async (visit) => {
  const page = await visit.as('county')
  const cycle = await cycleOf(page, 'f1')
  await page.goto(`${await home(page)}/forms/${cycle.form.version_id}`)
  await button(page, '导入往年数据').click()
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, '下载空表').click()])
  const folder = mkdtempSync(join(tmpdir(), 'jiceng-'))
  const [blank, wrong, right] = ['blank', 'wrong', 'right'].map((name) => join(folder, `${name}.xlsx`)) as [string, string, string]
  await file.saveAs(blank)
  const python = join(process.cwd(), '..', '.venv', 'bin', 'python')
  execFileSync(python, ['-c', TYPE_IN, blank, wrong, 'wrong'])
  execFileSync(python, ['-c', TYPE_IN, blank, right])

  await page.locator('input.file').setInputFiles(wrong)
  await seen(page.getByText(/“三”不是数字/))
  await seen(page.locator('button[disabled]', { hasText: '导入' }))
  await page.locator('input.file').setInputFiles(right)
  await seen(page.locator('tr', { hasText: '1/313' }))
  await button(page, /^导入$/).click()
  await seen(page.getByText('已导入。'))

  const told = await api<Comparison>(page, `cycles/${cycle.id}/comparison?basis=reported`)
  expect(told.rows[0]?.last_year?.zf_hc).toBe('3')
  await page.goto(`${await home(page)}/rollup/${cycle.id}`)
  await page.locator('.el-radio-button', { hasText: /^对比$/ }).click()
  await page.waitForURL(/\/compare\//)
  await page.locator('.el-radio-button', { hasText: /^已审$/ }).click()
  await seen(page.locator('tr', { hasText: '户次' }).locator('td', { hasText: /^3$/ }))
})
