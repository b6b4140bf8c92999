import { describe, expect, test } from 'vitest'
import type { BookLine } from '@/api/behalf'
import { useBook } from '@/pages/behalf/useBook'

function line(id: string, state: string, more: Partial<BookLine> = {}): BookLine {
  return {
    submission_id: id, version: 1, unit: { id, tier: 'village', code: id, name: id, short_name: id }, number: 7, state,
    refusal: null, basis: '电话报送：王', zero: false, cells: { pc: '1' }, changes: [], problems: [], reasons: {}, ...more,
  }
}
const asks = { code: 'W1', key: 'W1', reason_key: 'W1', severity: 'warning', message: '请说明', cells: ['pc'], table: null, row: null }
const book = (...lines: BookLine[]) => ({ lines, unchanged: 0, troubles: [], tables: [] })

describe('what a workbook of villages would hand in', () => {
  test('is picked whole where nothing must be mended; lines that came too late hold nothing up', () => {
    const made = useBook()
    made.put(book(line('a', 'ready'), line('b', 'refused', { refusal: '已经上报' })))
    expect(made.chosen.value.map((one) => one.submission_id)).toEqual(['a'])
  })

  test('is picked by nobody but the reader where something must be mended', () => {
    const made = useBook()
    made.put(book(line('a', 'ready'), line('b', 'blocked')))
    expect(made.chosen.value).toEqual([])
    made.pickAll(true)
    expect(made.chosen.value.map((one) => one.submission_id)).toEqual(['a'])
  })

  test('waits for a reason, and takes it along', () => {
    const made = useBook()
    const asked = line('a', 'explain', { problems: [asks] })
    made.put(book(asked))
    expect(made.may(asked)).toBe(false)
    made.explain(asked, 'W1', '庙会')
    expect(made.sent().map((one) => one.reasons)).toEqual([{ W1: '庙会' }])
  })

  test('says what became of each line, and a handed-in one is not offered again', () => {
    const made = useBook()
    made.put(book(line('a', 'ready'), line('b', 'ready')))
    made.settle({ done: ['a'], refused: [{ id: 'b', code: 'stale', detail: '有人改过' }] })
    expect(made.outcome).toEqual({ a: true, b: '有人改过' })
    expect(made.offered.value.map((one) => one.submission_id)).toEqual(['b'])
  })
})
