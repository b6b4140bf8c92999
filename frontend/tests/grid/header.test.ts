import { describe, expect, it } from 'vitest'
import { foldEvenly, foldIntoLines, headerRows, type HeadColumn } from '@/components/grid/header'

const column = (code: string, ...path: string[]): HeadColumn => ({ code, path })

const visits = [
  column('jf_pc', '来访接待', '接待来访', '批次'),
  column('jf_rc', '来访接待', '接待来访', '人次'),
  column('sd_rc', '来访接待', '疏导化解', '人次'),
  column('bz', '备注'),
]

describe('header rows', () => {
  it('merge neighbours that share their outer headings', () => {
    const [first, second, third] = headerRows(visits)
    expect(first?.map((cell) => [cell.text, cell.columns, cell.rows])).toEqual([['来访接待', 3, 1], ['备注', 1, 3]])
    expect(second?.map((cell) => [cell.text, cell.columns])).toEqual([['接待来访', 2], ['疏导化解', 1]])
    expect(third?.map((cell) => [cell.text, cell.code])).toEqual([['批次', 'jf_pc'], ['人次', 'jf_rc'], ['人次', 'sd_rc']])
  })

  it('do not merge equal headings under different ones', () => {
    const rows = headerRows([column('a', '甲', '人次', '合计'), column('b', '乙', '人次', '合计')])
    expect(rows[1]?.map((cell) => cell.columns)).toEqual([1, 1])
  })

  it('do not merge equal headings that are apart', () => {
    const rows = headerRows([column('a', '甲', '一'), column('b', '乙', '二'), column('c', '甲', '三')])
    expect(rows[0]?.map((cell) => cell.text)).toEqual(['甲', '乙', '甲'])
  })

  it('cover the table exactly, whatever the depths', () => {
    const columns = [column('a', '甲'), column('b', '乙', '一'), column('c', '乙', '二', '大'), column('d', '乙', '二', '小')]
    const covered = new Map<string, number>()
    for (const cell of headerRows(columns).flat()) {
      for (let row = cell.row; row < cell.row + cell.rows; row++) {
        for (let at = cell.column; at < cell.column + cell.columns; at++) {
          covered.set(`${String(row)},${String(at)}`, (covered.get(`${String(row)},${String(at)}`) ?? 0) + 1)
        }
      }
    }
    expect(covered.size).toBe(3 * 4)
    expect([...covered.values()].every((times) => times === 1)).toBe(true)
  })

  it('are none for no columns', () => {
    expect(headerRows([])).toEqual([])
  })
})

describe('folding a wide row', () => {
  const many = [
    ...[1, 2, 3].map((n) => column(`a${String(n)}`, '甲', `甲${String(n)}`)),
    ...[1, 2, 3].map((n) => column(`b${String(n)}`, '乙', `乙${String(n)}`)),
    column('c1', '丙', '丙1'),
  ]
  const codes = (lines: HeadColumn[][]) => lines.map((line) => line.map((one) => one.code).join(' '))

  it('breaks between outermost headings', () => {
    expect(codes(foldIntoLines(many, 5))).toEqual(['a1 a2 a3', 'b1 b2 b3 c1'])
  })

  it('keeps all in one line where there is room', () => {
    expect(foldIntoLines(many, 7)).toHaveLength(1)
  })

  it('breaks a heading that is wider than the page, between its second headings', () => {
    const wide = [column('a', '甲', '一', '大'), column('b', '甲', '一', '小'), column('c', '甲', '二', '大'), column('d', '甲', '二', '小')]
    expect(codes(foldIntoLines(wide, 3))).toEqual(['a b', 'c d'])
  })

  it('evens the lines out where that costs no line', () => {
    expect(foldEvenly(many, 6)).toEqual(foldIntoLines(many, 4))
    expect(codes(foldEvenly(many, 6))).toEqual(['a1 a2 a3', 'b1 b2 b3 c1'])
  })

  it('loses and doubles nothing at any width', () => {
    for (let width = 1; width <= 8; width++) {
      const lines = foldIntoLines(many, width)
      expect(lines.flat()).toEqual(many)
      expect(lines.every((line) => line.length <= width)).toBe(true)
    }
  })
})
