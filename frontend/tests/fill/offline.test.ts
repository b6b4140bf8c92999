import { describe, expect, it } from 'vitest'
import { impersonal } from '@/offline/answers'
import { pendingCsv } from '@/offline/exportCsv'
import { apart, changedRows, mergeCells, mergeRows, rowEdits, secretsOf, together, type Pending } from '@/offline/pending'
import f3 from '../../../tests/conformance/f3.json'
import type { FormDefinition } from '@/formula'
import { F1, submission } from '../sample'

const F3 = f3 as unknown as FormDefinition
const all = () => true
const row = (id: string, xm: string, tel = '1') => ({ id, cells: { xm, tel } })

describe('cells kept on a device, against the server', () => {
  it('are applied where nobody else changed them, also when figures are written differently', () => {
    expect(mergeCells({ a: { base: '5', mine: '6' }, b: { base: null, mine: '1' } }, { a: '5.0' }, all)).toEqual({ apply: { a: '6', b: '1' }, conflicts: [] })
  })
  it('are both shown where somebody did, a blanked one too', () => {
    const { apply, conflicts } = mergeCells({ a: { base: '5', mine: '6' }, b: { base: '1', mine: null } }, { a: '9', b: '2' }, all)
    expect(apply).toEqual({})
    expect(conflicts.map(({ code, mine, theirs }) => [code, mine, theirs])).toEqual([['a', '6', '9'], ['b', null, '2']])
  })
  it('are nothing any more where both came to the same, or the form no longer asks', () => {
    expect(mergeCells({ a: { base: '5', mine: '6' }, gone: { base: '1', mine: '2' } }, { a: '6', gone: '1' }, (code) => code !== 'gone')).toEqual({ apply: {}, conflicts: [] })
  })
})

describe('rows kept on a device, against the server', () => {
  const base = { t: [row('1', '甲'), row('2', '乙'), row('3', '丙')] }
  it('take what only one side changed, added or removed', () => {
    const mine = { t: [row('1', '甲甲'), row('2', '乙'), row('3', '丙'), row('new', '丁')] }
    const theirs = { t: [row('1', '甲'), row('2', '乙乙'), row('4', '戊')] }
    const { rows, conflicts } = mergeRows(base, mine, theirs)
    expect(conflicts).toEqual([])
    expect(rows.t?.map((one) => one.cells.xm)).toEqual(['甲甲', '乙乙', '戊', '丁'])
  })
  it('leave the saved one in place where both changed it, with both to choose from', () => {
    const { rows, conflicts } = mergeRows(base, { t: [row('1', 'A'), row('2', 'B')] }, { t: [row('1', 'C'), row('3', 'D')] })
    expect(rows.t?.map((one) => one.cells.xm)).toEqual(['C', 'D'])
    expect(conflicts.map(({ row: id, mine, theirs }) => [id, mine?.xm, theirs?.xm])).toEqual([['1', 'A', 'C'], ['3', undefined, 'D'], ['2', 'B', undefined]])
  })
  it('tell texts apart that are the same number', () => {
    expect(changedRows({ t: [row('1', '甲', '0533')] }, { t: [row('1', '甲', '533')] })).toEqual(['t/1'])
  })
  it('keep tables of which nothing is kept here', () => {
    expect(mergeRows({}, {}, base).rows).toEqual(base)
  })
})

describe('what a device keeps of a report', () => {
  const table = F3.tables.find((one) => one.kind === 'rows')?.code ?? ''
  const pending = (changes: Partial<Pending>): Pending => ({ submission: 's', unit: '', form: '', period: '', cells: {}, rows: null, reasons: null, zeroed: null, at: '', ...changes })
  it('is taken apart into what may lie open and what may not, and put together again', () => {
    const all = pending({ cells: { a: { base: '1', mine: '2' } }, rows: { base: { [table]: [], other: [] }, mine: { [table]: [row('1', '王德胜')], other: [row('2', '公开')] } }, reasons: { r: '核实' } })
    const { open, secret } = apart(all, secretsOf(F3))
    expect(JSON.stringify(open)).not.toContain('王德胜')
    expect(JSON.stringify(secret)).not.toContain('公开')
    expect(together(open, secret)).toEqual(all)
  })
  it('is nothing of the one kind where only the other changed', () => {
    expect(apart(pending({ cells: { a: { base: '1', mine: '2' } } }), secretsOf(F3)).secret).toBeNull()
    expect(apart(pending({ rows: { base: { [table]: [row('1', '甲')] }, mine: { [table]: [] } } }), secretsOf(F3)).open).toBeNull()
  })
  it('is sent row by row, each with what it was', () => {
    expect(rowEdits({ t: [row('a/1', '甲'), row('2', '乙')] }, { t: [row('a/1', '甲甲'), row('3', '丙')] })).toEqual([
      { table: 't', id: 'a/1', base: row('', '甲').cells, new: row('', '甲甲').cells },
      { table: 't', id: '2', base: row('', '乙').cells, new: null },
      { table: 't', id: '3', base: null, new: row('', '丙').cells },
    ])
  })
  it('has no table with personal columns in it', () => {
    const table = F3.tables.find((one) => one.kind === 'rows')?.code ?? ''
    const kept = impersonal(submission({ rows: { [table]: [{ id: '1', cells: { xm: '王德胜' } }] }, previous: { period_key: '2026-10', cells: {}, rows: { [table]: [{ id: '1', cells: { xm: '王德胜' } }] } } }), F3)
    expect(kept.kept?.withheld).toEqual([table])
    expect(JSON.stringify(kept)).not.toContain('王德胜')
  })
})

describe('what is exported when it can no longer be sent', () => {
  it('opens in Excel, in words, and no text becomes a formula', () => {
    const pending: Pending = { submission: 's', unit: '南石村', form: '月报', period: '2026-11', cells: { jf_rc: { base: '5', mine: '6' }, x: { base: null, mine: '=1+1' }, y: { base: null, mine: '-3' } }, rows: null, reasons: null, zeroed: null, at: '' }
    const text = pendingCsv(pending, F1, (label) => label.zh, { item: '填报项', base: '原来的数', mine: '本机填的数', blank: '' })
    expect(text.startsWith('\uFEFF"南石村","月报","2026-11"\r\n')).toBe(true)
    expect(text).toContain(`"${F1.fields.find((one) => one.code === 'jf_rc')?.name.zh ?? ''}","5","6"`)
    expect(text).toContain(`"'=1+1"`)
    expect(text).toContain('"-3"')
  })
})
