import { describe, expect, it } from 'vitest'
import { moveForKey, moveFrom, type Lines } from '@/components/grid/navigation'

const lines: Lines = [
  { cells: ['a1', 'a2', 'a3'], folded: true },
  { cells: ['b1'], folded: true },
  { cells: [] },
  { cells: ['m11', 'm12'] },
  { cells: ['m21', 'm22'] },
]

describe('moving about a sheet', () => {
  it.each([
    ['a1', 'right', 'a2'], ['a3', 'right', null], ['a2', 'left', 'a1'], ['a1', 'left', null],
    ['a3', 'down', 'b1'], ['b1', 'down', 'm11'], ['m21', 'up', 'm11'], ['m11', 'up', 'b1'], ['a1', 'up', null],
    ['a3', 'next', 'b1'], ['b1', 'previous', 'a3'], ['m22', 'next', null],
    ['a2', 'lineStart', 'a1'], ['a1', 'lineEnd', 'a3'], ['m12', 'first', 'a1'], ['a1', 'last', 'm22'],
  ] as const)('from %s %s leads to %s', (from, move, to) => {
    expect(moveFrom(lines, from, move)).toBe(to)
  })

  it('enters along a folded row, and down a matrix until its end', () => {
    expect(moveFrom(lines, 'a3', 'enter')).toBe('b1')
    expect(moveFrom(lines, 'a1', 'enter')).toBe('a2')
    expect(moveFrom(lines, 'm11', 'enter')).toBe('m21')
    expect(moveFrom(lines, 'm21', 'enter')).toBe('m22')
    expect(moveFrom(lines, 'm22', 'enter')).toBeNull()
    expect(moveFrom(lines, 'b1', 'enterBack')).toBe('a3')
  })

  it('leads nowhere from a cell that is not there', () => {
    expect(moveFrom(lines, 'zz', 'next')).toBeNull()
  })
})

describe('a key in a cell', () => {
  const press = (key: string, more: { shift?: boolean; ctrl?: boolean } = {}) => ({ key, shift: false, ctrl: false, ...more })
  const whole = { start: 0, end: 3, length: 3 }
  const middle = { start: 1, end: 1, length: 3 }

  it('arrows leave when all is selected', () => {
    expect(moveForKey(press('ArrowLeft'), whole, false)).toBe('left')
    expect(moveForKey(press('ArrowRight'), whole, false)).toBe('right')
  })

  it('arrows stay inside a number being mended, and leave at its ends', () => {
    expect(moveForKey(press('ArrowLeft'), middle, false)).toBeNull()
    expect(moveForKey(press('ArrowLeft'), { start: 0, end: 0, length: 3 }, false)).toBe('left')
    expect(moveForKey(press('ArrowRight'), { start: 3, end: 3, length: 3 }, false)).toBe('right')
  })

  it('up and down always leave a number, but not a text being edited', () => {
    expect(moveForKey(press('ArrowDown'), middle, false)).toBe('down')
    expect(moveForKey(press('ArrowDown'), middle, true)).toBeNull()
  })

  it('Enter makes a line in a long text and Ctrl+Enter leaves it', () => {
    expect(moveForKey(press('Enter'), middle, true)).toBeNull()
    expect(moveForKey(press('Enter', { ctrl: true }), middle, true)).toBe('enter')
    expect(moveForKey(press('Enter', { shift: true }), middle, false)).toBe('enterBack')
  })

  it('Tab goes on and Shift+Tab back', () => {
    expect(moveForKey(press('Tab'), middle, false)).toBe('next')
    expect(moveForKey(press('Tab', { shift: true }), middle, true)).toBe('previous')
  })

  it('selecting with Shift and typing stay in the cell', () => {
    expect(moveForKey(press('ArrowRight', { shift: true }), whole, false)).toBeNull()
    expect(moveForKey(press('5'), whole, false)).toBeNull()
  })
})
