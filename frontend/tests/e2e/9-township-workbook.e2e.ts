import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { api, button, cycleOf, home, reportsBelow, seen, settled, userOf } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

/** Types into the lines of villages, by hidden keys, as an office program would. */
const TYPE_IN = `
import json, sys
from openpyxl import load_workbook
path, out, lines = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
book = load_workbook(path)
page = book.worksheets[0]
head = next(row for row in range(1, 20) if str(page.cell(row, 1).value).startswith("@jiceng"))
keys = {cell.value: cell.column for cell in page[head][1:] if cell.value}
for row in range(head + 1, page.max_row + 1):
    for key, value in lines.get(page.cell(row, 1).value, {}).items():
        for one in ([key] if key != "*" else [key for key in keys if key[0] != "@"]):
            cell = page.cell(row, keys[one])
            if not cell.protection.locked and cell.value is None:
                cell.value = value
book.save(out)
`

flow('villages that reported by telephone are handed in from one workbook', desk, async (visit) => {
  // A township whose villages the other tests leave alone.
  const town = (await reportsBelow(await visit.as('county'), 'f1')).at(-1)
  const page = await visit.as(`u${town?.unit.code ?? ''}`)
  const cycle = await cycleOf(page, 'f1')
  const [one, other, third] = (await reportsBelow(page, 'f1')).filter((unit) => unit.state === 'not_started')
  if (!one || !other || !third) throw new Error('too many villages have begun')
  await page.goto(`${await home(page)}/month?cycle=${cycle.id}&tab=missing`)
  await settled(page)
  await button(page, '用 Excel 代报').click()
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, '下载表格').click()])
  const folder = mkdtempSync(join(tmpdir(), 'jiceng-'))
  const [blank, filled] = ['blank', 'filled'].map((name) => join(folder, `${name}.xlsx`)) as [string, string]
  await file.saveAs(blank)
  const basis = { '@way': '电话报送', '@who': '王主任' }
  const lines = {
    [one.unit.code]: { ...basis, '*': 0 },
    [other.unit.code]: { ...basis, '*': 0 },
    [third.unit.code]: { ...basis, jf_pc: '三批', '*': 0 },
  }
  execFileSync(join(process.cwd(), '..', '.venv', 'bin', 'python'), ['-c', TYPE_IN, blank, filled, JSON.stringify(lines)])

  await page.locator('input.file').setInputFiles(filled)
  await seen(page.getByText(/“三批”不是数字/))
  const line = (name: string) => page.locator('.lines > li', { hasText: name })
  await seen(line(third.unit.name).getByText('有格子要改'))
  await expect.poll(() => button(page, '代为上报（0 个村）').isDisabled()).toBe(true)
  for (const village of [one, other]) {
    const explanations = line(village.unit.name).getByPlaceholder('说明原因')
    for (let at = 0; at < await explanations.count(); at += 1) await explanations.nth(at).fill('电话核实')
    await line(village.unit.name).locator('.el-checkbox').click()
  }
  await button(page, '代为上报（2 个村）').click()
  await seen(page.getByText('已代 2 个村上报，对方会收到通知。'))
  const now = new Map((await reportsBelow(page, 'f1')).map((unit) => [unit.id, unit.state]))
  expect([one, other, third].map((unit) => now.get(unit.id))).toEqual(['submitted', 'submitted', 'not_started'])

  await page.locator('input.file').setInputFiles(filled)
  await expect.poll(() => page.locator('.lines > li').count()).toBe(1)

  const village = await visit.as(userOf(one))
  const told = await api<{ behalf: { basis: string } | null; actions: string[] }>(village, `submissions/${one.id}`)
  expect(told.behalf?.basis).toBe('电话报送：王主任')
  expect(told.actions).toContain('object')
})
