import { describe, expect, it } from 'vitest'
import { parseClipboard, transposed } from '@/components/grid/clipboard'

describe('text from the clipboard', () => {
  it('is cells by tab and rows by line, as Excel on Windows writes them', () => {
    expect(parseClipboard('1\t2\r\n3\t4\r\n')).toEqual([['1', '2'], ['3', '4']])
  })

  it('keeps blanks where they are', () => {
    expect(parseClipboard('1\t\t3\n\t\t')).toEqual([['1', '', '3'], ['', '', '']])
  })

  it('keeps a blank row between two', () => {
    expect(parseClipboard('1\n\n2')).toEqual([['1'], [''], ['2']])
  })

  it('reads quoted cells with tabs, lines and quotes inside', () => {
    expect(parseClipboard('"第一行\n第二行"\t"他说""好"""\n')).toEqual([['第一行\n第二行', '他说"好"']])
  })

  it('leaves a quote inside a cell alone', () => {
    expect(parseClipboard('5"\t6')).toEqual([['5"', '6']])
  })

  it('is nothing for nothing', () => {
    expect(parseClipboard('')).toEqual([])
  })

  it('turns over, ragged rows filled with blanks', () => {
    expect(transposed([['1', '2'], ['3']])).toEqual([['1', '3'], ['2', '']])
  })
})
