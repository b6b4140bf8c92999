import { describe, expect, test } from 'vitest'
import { faultOf, lineOf, linesOf, tableBody, type TableDraft } from './tableFields'

const shown = (text: string) => linesOf(text).map(({ name, unit, kind }) => [name, unit, kind])

describe('a name is enough', () => {
  test.each([
    ['困难退役军人数', '人', 'whole'], ['帮扶金额', '元', 'decimal'], ['住房面积（亩）', '亩', 'decimal'], ['走访户数', '户', 'whole'],
    ['就业率', '%', 'average'], ['备注', '', 'text'], ['惠及人数', '人', 'whole'], ['取暖补贴(万元)', '万元', 'decimal'],
  ])('%s', (name, unit, kind) => {
    expect(lineOf(name)).toMatchObject({ unit, kind })
  })
  test('yes or no is a choice', () => { expect(lineOf('是否在册')).toMatchObject({ kind: 'choice', choices: '是、否' }) })
})

describe('what is pasted', () => {
  test('a row out of Excel is a field a cell', () => { expect(shown('户数\t人数\t金额（万元）')).toEqual([['户数', '户', 'whole'], ['人数', '人', 'whole'], ['金额', '万元', 'decimal']]) })
  test('lines are fields, with units beside them', () => { expect(shown('在册\t人\r\n\r\n缺口\t万元\r\n')).toEqual([['在册', '人', 'whole'], ['缺口', '万元', 'decimal']]) })
  test('4-byte characters stand whole', () => { expect(shown('莫𡐓村户数')).toEqual([['莫𡐓村户数', '户', 'whole']]) })
})

describe('what is sent', () => {
  const draft = (text: string, way: TableDraft['way'] = 'spot'): TableDraft => ({ way, lines: [...linesOf(text), lineOf('')], version: '' })
  test('blank lines are none', () => { expect(tableBody(draft('户数\n入住率'))?.fields).toEqual([
    { name: '户数', kind: 'whole', unit: '户', total: 'sum', choices: [] },
    { name: '入住率', kind: 'decimal', unit: '%', total: 'average', choices: [] },
  ]) })
  test('without a table nothing', () => { expect(tableBody(draft('户数', 'none'))).toBeNull() })
  test('faults', () => {
    expect([faultOf(draft('户数')), faultOf(draft('户数\n户数')), faultOf(draft(' ')), faultOf(draft('x', 'form')), faultOf(draft('x', 'none'))])
      .toEqual([null, 'names', 'fields', 'form', null])
    const [line] = linesOf('类别')
    expect(faultOf({ way: 'spot', lines: line ? [{ ...line, kind: 'choice', choices: '一' }] : [], version: '' })).toBe('choices')
  })
})
