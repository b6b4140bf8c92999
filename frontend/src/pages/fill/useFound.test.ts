import { describe, expect, it } from 'vitest'
import type { WorkbookFound } from '@/api/workbooks'
import type { SheetRow } from '@/forms/rows'
import { rowsTaken, useFound } from './useFound'

const cell = (code: string, conflict = false): WorkbookFound['cells'][number] => ({ code, name: code, base: '1', value: '2', now: conflict ? '3' : '1', conflict, sheet: '表', cell: 'F6' })
const row = (id: string, state: string, faulty = false) => ({ id, state, faulty, cells: { xm: `${id}-new` }, sheet: '表', number: 6 })
const trouble = { message: '不是数字', sheet: '表', cell: 'F7', code: 'b', table: null, row: null }
const file = (more: Partial<WorkbookFound> = {}): WorkbookFound => ({ submission_id: 's', found: 3, cells: [cell('a'), cell('b', true)], tables: [], troubles: [], ...more })

describe('what is taken over from a workbook', () => {
  it('is everything nobody else changed, when the file has no problem', () => {
    const one = useFound()
    one.put(file())
    expect([...one.cells]).toEqual(['a'])
    expect(one.choices.value).toBe(2)
  })
  it('is nothing until it is ticked, when the file has a problem', () => {
    const one = useFound()
    one.put(file({ troubles: [trouble] }))
    expect(one.count.value).toBe(0)
    one.takeAll(true)
    expect(one.count.value).toBe(2)
    expect(one.allTaken.value).toBe(true)
  })
  it('never has a faulty row in it', () => {
    const one = useFound()
    one.put(file({ tables: [{ table: 't', title: '表', removed: ['r9'], conflict: false, rows: [row('r1', 'changed'), row('r2', 'same'), row('r3', 'added', true)] }] }))
    expect([...one.rows]).toEqual(['r1'])
    expect(one.choices.value).toBe(4)
  })
})

describe('rows taken over', () => {
  const before: SheetRow[] = [{ id: 'r1', cells: { xm: '甲' }, carried: true }, { id: 'r9', cells: { xm: '乙' }, carried: false }]
  const table = { table: 't', title: '表', removed: ['r9'], conflict: false, rows: [row('r1', 'changed'), row('n', 'added')] }
  it('replace, append and remove only what was ticked', () => {
    expect(rowsTaken(before, table, new Set(['r1', 'n']), new Set(['t']))).toEqual([
      { id: 'r1', cells: { xm: 'r1-new' }, carried: true }, { id: 'n', cells: { xm: 'n-new' }, carried: false },
    ])
    expect(rowsTaken(before, table, new Set(['n']), new Set())?.map((one) => one.id)).toEqual(['r1', 'r9', 'n'])
    expect(rowsTaken(before, table, new Set(), new Set())).toBeNull()
  })
})
