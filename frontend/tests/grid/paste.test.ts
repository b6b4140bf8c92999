import { describe, expect, it } from 'vitest'
import { layBlock, type Reading, type Zone } from '@/components/grid/paste'
import { parseFigure } from '@/lib/figures'

const LOCKED = new Set(['sum'])
function read(code: string, text: string): Reading {
  if (LOCKED.has(code)) return { refused: 'locked' }
  const value = parseFigure(text)
  return value === undefined ? { refused: 'unreadable' } : { value }
}

const row: Zone = [['a', 'b', 'sum', 'c']]
const matrix: Zone = [['p1', 'q1'], ['p2', 'q2'], ['p3', null]]
const plain = (zone: Zone, start: string, block: string[][]) => {
  const result = layBlock(zone, start, block, read)
  return { ...result, values: Object.fromEntries(result.values) }
}

describe('a pasted block', () => {
  it('fills from the first cell and skips those that compute themselves', () => {
    const result = plain(row, 'a', [['1,234.50', '2', '999', '3']])
    expect(result.values).toEqual({ a: '1234.5', b: '2', c: '3' })
    expect(result.locked).toEqual(['sum'])
  })

  it('empties a cell where the block is blank', () => {
    expect(plain(row, 'a', [['', '5']]).values).toEqual({ a: null, b: '5' })
  })

  it('says what cannot be read and leaves that cell', () => {
    const result = plain(row, 'a', [['约三百', '5']])
    expect(result.values).toEqual({ b: '5' })
    expect(result.unreadable).toEqual([{ code: 'a', text: '约三百' }])
  })

  it('counts what falls beyond the table, blanks not', () => {
    const result = plain(matrix, 'q2', [['1', '2', ''], ['3', '4'], ['5']])
    expect(result.values).toEqual({ q2: '1' })
    expect(result.beyond).toBe(4)
  })

  it('keeps the shape of a matrix', () => {
    expect(plain(matrix, 'p1', [['1', '2'], ['3', '4']]).values).toEqual({ p1: '1', q1: '2', p2: '3', q2: '4' })
  })

  it('runs a copied column along a table of one row', () => {
    expect(plain(row, 'a', [['1'], ['2'], ['x'], ['4']]).values).toEqual({ a: '1', b: '2', c: '4' })
  })

  it('runs a copied row down a table of one column', () => {
    expect(plain([['a'], ['b']], 'a', [['1', '2']]).values).toEqual({ a: '1', b: '2' })
  })

  it('does nothing from a cell that is not in the table', () => {
    expect(plain(row, 'zz', [['1']]).values).toEqual({})
  })
})

describe('a typed or pasted figure', () => {
  it.each([
    ['1,234.50', '1234.5'], ['１２３', '123'], ['¥300', '300'], ['(12)', '-12'], ['007', '7'], ['-0', '0'], ['0.0', '0'],
    ['12.', '12'], ['.5', '0.5'], ['3元', '3'], [' 8 ', '8'], ['−5', '-5'], ['12,345,678', '12345678'], ['66.7%', '66.7'],
  ])('%s is %s', (typed, value) => {
    expect(parseFigure(typed)).toBe(value)
  })

  it.each(['', '  ', '-', '—', '/'])('%j is blank', (typed) => {
    expect(parseFigure(typed)).toBeNull()
  })

  it.each(['三', '1.2.3', '12,34', '1e5', '=A1', '--3', '1 2'])('%s is no figure', (typed) => {
    expect(parseFigure(typed)).toBeUndefined()
  })
})
