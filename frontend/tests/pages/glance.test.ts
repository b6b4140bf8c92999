import { describe, expect, it } from 'vitest'
import type { MonthCell, MonthColumn, MonthRow, SubmissionState } from '@/api/types'
import { fits, nameLists, narrowed, officersOf } from '@/pages/glance/glance'

const cell = (cycle: string, state: SubmissionState, more: Partial<MonthCell> = {}): MonthCell => ({
  cycle_id: cycle, submission_id: `${cycle}.s`, state, exempt: false, late: false, due_at: '2026-11-05T15:59:59Z', submitted_at: null, below: null, ...more,
})
const row = (name: string, officer: string, ...cells: MonthCell[]): MonthRow => ({
  unit: { id: name, tier: 'village', code: name, name: `${name}村`, short_name: name }, parent_id: 't', has_children: false,
  contact: { name: '', phone: null, officer, version: 0 }, cells,
})
const column = (id: string): MonthColumn => ({
  cycle_id: id, form: { id, code: id, name: id, name_en: id, version_id: id, zero_allowed: false }, period_key: '2026-11', due: {}, provisional: false,
})
const rows = [
  row('甲', '王', cell('x', 'approved'), cell('y', 'returned', { late: true })),
  row('乙', '李', cell('x', 'draft'), cell('y', 'submitted')),
  row('丙', '王', cell('x', 'not_started', { exempt: true, late: true }), cell('y', 'approved')),
]

describe('the month at a glance', () => {
  it('narrows by state and by patch officer; who is exempt owes nothing', () => {
    const names = (found: MonthRow[]) => found.map((one) => one.unit.short_name)
    expect(names(narrowed(rows, 'all', '王'))).toEqual(['甲', '丙'])
    expect(names(narrowed(rows, 'missing', undefined))).toEqual(['甲', '乙'])
    expect(names(narrowed(rows, 'late', undefined))).toEqual(['甲'])
    expect(names(narrowed(rows, 'submitted', '王'))).toEqual([])
    expect(fits(cell('x', 'approved', { exempt: true }), 'approved')).toBe(false)
    expect(officersOf(rows)).toEqual(['李', '王'])
  })

  it('lists the names for a chat group form by form, those missing unless a state is chosen', () => {
    const lists = (filter: 'all' | 'approved') => nameLists(rows, [column('x'), column('y')], filter).map((one) => [one.column.cycle_id, one.names])
    expect(lists('all')).toEqual([['x', ['乙']], ['y', ['甲']]])
    expect(lists('approved')).toEqual([['x', ['甲']], ['y', ['丙']]])
  })
})
