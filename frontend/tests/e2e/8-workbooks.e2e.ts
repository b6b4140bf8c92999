import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { box, button, dialog, ownReport, reportsBelow, saved, seen, userOf } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

/** Types values into the workbook's cells as an office program would. */
const TYPE_IN = `
import json, sys
from openpyxl import load_workbook
path, out, typed = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
book = load_workbook(path)
for row in book.worksheets[0].iter_rows(min_row=6):
    if row[0].value in typed:
        cell = next(one for one in row[1:] if not one.protection.locked)
        cell.value = typed[row[0].value]
book.save(out)
`
function typeIn(path: string, typed: Record<string, string | number>): string {
  const out = `${path}.filled.xlsx`
  execFileSync(join(process.cwd(), '..', '.venv', 'bin', 'python'), ['-c', TYPE_IN, path, out, JSON.stringify(typed)])
  return out
}

flow('the form is filled in Excel off line and imported, fault by fault', desk, async (visit) => {
  const town = await visit.as('town')
  const idle = (await reportsBelow(town, 'f1')).filter((one) => one.state === 'not_started').at(-2)
  if (!idle) throw new Error('every village has begun')
  const page = await visit.as(userOf(idle))
  await page.goto(await ownReport(page, 'f1'))
  await button(page, 'Excel 填报').click()
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, '下载填报表').click()])
  expect(file.suggestedFilename()).toMatch(/\.xlsx$/)
  const path = join(mkdtempSync(join(tmpdir(), 'jiceng-')), 'down.xlsx')
  await file.saveAs(path)

  await page.getByLabel('导入 Excel').setInputFiles(typeIn(path, { jf_pc: '三批', jf_rc: '１２', zx_rc: 7 }))
  await seen(dialog(page).getByText('有 1 处要在文件里改'))
  await seen(dialog(page).getByText(/“三批”不是数字/))
  await expect.poll(() => button(page, /填入报表（0 处）/).isDisabled()).toBe(true)

  await page.getByLabel('导入 Excel').setInputFiles(typeIn(path, { jf_pc: 3, jf_rc: '１２', zx_rc: 7 }))
  await button(page, /填入报表（3 处）/).click()
  await seen(page.getByText(/已从 Excel 填入 3 处/))
  await saved(page)
  await page.reload()
  const visitors = box(page, 'jf_rc')
  await expect.poll(() => visitors.inputValue()).toBe('12')

  // The older file again: what was typed since stands, unless it is ticked.
  await button(page, 'Excel 填报').click()
  await page.getByLabel('导入 Excel').setInputFiles(typeIn(path, { jf_rc: 20 }))
  await seen(dialog(page).getByText('下载后网页上又改过这一格'))
  await expect.poll(() => button(page, /填入报表（0 处）/).isDisabled()).toBe(true)
})
