import { describe, expect, test } from 'vitest'
import type { CityBlock, CityFigure, CityTarget } from '@/api/city'
import { columnName, draftOf, placesOf, targetOf, withTarget, type Draft } from '@/pages/city/targets'

const figure = (cell: string, sheet = '表'): CityFigure => ({
  kind: 'figure', sheet, cell, form_id: 'f', basis: 'live', span: 'year', unit_id: null, source: { field: 'pc', wan: true, label: '' },
})
const block = (first_row: number, last_row: number, named: boolean): CityBlock => ({
  kind: 'block', sheet: '表', first_row, last_row, name_column: 'A', named, units: 'village', form_id: 'f', basis: 'reported', span: 'period',
  columns: { B: { field: 'pc', wan: false, label: '' }, D: { field: 'rc', wan: false, label: '' } },
})
const word: CityTarget = { kind: 'signer', sheet: '表', cell: 'C1', text: '莫𡐓' }
const blank: Draft = {
  kind: 'figure', form_id: '', basis: 'reported', span: 'period', unit_id: '', field: '', wan: false, text: '',
  first_row: 1, last_row: 1, name_column: 'A', named: true, units: 'township', columns: [],
}

describe('withTarget', () => {
  test('takes the place of whatever wrote one of its cells, and of nothing else', () => {
    const others = [figure('B9'), figure('B5', '另一表'), word]
    expect(withTarget([figure('B5'), block(4, 6, true), ...others], figure('D6'))).toEqual([figure('B5'), ...others, figure('D6')])
    expect(withTarget([figure('B5'), figure('D7'), ...others], block(4, 6, true))).toEqual([figure('D7'), ...others, block(4, 6, true)])
  })
  test('a block writes its names only where they do not stand already', () => {
    expect(withTarget([figure('A4')], block(4, 4, true))).toHaveLength(2)
    expect(withTarget([figure('A4')], block(4, 4, false))).toEqual([block(4, 4, false)])
    expect(placesOf(block(4, 5, false))).toEqual(['表!A4', '表!B4', '表!D4', '表!A5', '表!B5', '表!D5'])
    expect(placesOf(block(5, 4, false))).toEqual([])
  })
  test('leaves the list it was given as it was', () => {
    const before = [figure('B5')]
    withTarget(before, figure('B5'))
    expect(before).toEqual([figure('B5')])
  })
})

describe('draftOf', () => {
  test('says again what it was made from', () => {
    for (const one of [figure('B5'), { ...figure('B5'), unit_id: 'u' }, block(4, 6, true), block(4, 6, false), word]) {
      expect(targetOf(draftOf(one, blank), '表', 'cell' in one ? one.cell : 'A4')).toEqual(one)
    }
  })
  test('without a target it is blank, and blank says nothing', () => {
    expect(draftOf(undefined, blank)).toBe(blank)
    expect(targetOf(blank, '表', 'A1')).toBeNull()
    expect(targetOf({ ...draftOf(block(4, 6, true), blank), last_row: 3 }, '表', 'A4')).toBeNull()
  })
})

test('columns are named as spreadsheets name them', () => {
  expect([1, 26, 27, 52, 53, 702, 703].map(columnName)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
})
