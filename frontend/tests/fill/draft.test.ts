import { describe, expect, it } from 'vitest'
import { useDraft } from '@/pages/fill/useDraft'
import { F1, submission } from '../sample'

const draft = (changes = {}) => useDraft(submission(changes), F1, (label) => label.zh)

describe('a draft', () => {
  it('knows what the tier types: not what computes itself, not what others are asked', () => {
    const { typedCodes } = draft()
    expect(typedCodes.has('jf_pc')).toBe(true)
    expect(typedCodes.has('ww_je')).toBe(false)
    expect(typedCodes.has('tk_r')).toBe(false)
  })

  it('computes as one types', () => {
    const one = draft()
    one.setMany({ wj_je: '1200', wp_je: '300.5' })
    expect(one.values.value.ww_je).toBe('1500.5')
  })

  it('finds an error and its cells at once', () => {
    const one = draft()
    one.setCell('jf_rc', '1')
    expect(one.errors.value.map((problem) => problem.code)).toContain('E1')
    one.setCell('jf_rc', '3')
    expect(one.errors.value.map((problem) => problem.code)).not.toContain('E1')
  })

  it('counts blanks apart from errors', () => {
    const one = draft()
    expect(one.filled.value).toBe(2)
    expect(one.blanks.value.length).toBe(one.total - 2)
    expect(one.errors.value).toEqual([])
  })

  it('keeps text that is no number, and says so', () => {
    const one = draft()
    one.setCell('jf_pc', '约三')
    expect(one.values.value.jf_pc).toBe('约三')
    expect(one.errors.value[0]?.message).toContain('约三')
  })

  it('fills the rest with zeros in one act, marked, and takes it back in one', () => {
    const one = draft()
    const before = { ...one.values.value }
    expect(one.fillZeros()).toBe(one.total - 2)
    expect(one.values.value.zy_c).toBe('0')
    expect(one.values.value.jf_pc).toBe('3')
    expect(one.zeroed.value).toContain('zy_c')
    one.undo()
    expect(one.values.value).toEqual(before)
    expect(one.zeroed.value).toEqual([])
    one.redo()
    expect(one.values.value.zy_c).toBe('0')
  })

  it('unmarks a zero that is typed over', () => {
    const one = draft()
    one.fillZeros()
    one.setCell('zy_c', '2')
    expect(one.zeroed.value).not.toContain('zy_c')
  })

  it('takes typing in one cell as one act', () => {
    const one = draft()
    for (const text of ['1', '12', '120']) one.setCell('wj_je', text)
    one.undo()
    expect(one.values.value.wj_je).toBeNull()
  })

  it('leaves cells that are not typed alone', () => {
    const one = draft()
    one.setCell('ww_je', '9')
    expect(one.cells.value.ww_je).toBeUndefined()
  })

  it('asks for a reason until there is one', () => {
    const one = draft()
    one.setMany({ ww_rc: '1', wj_je: '9000', wp_je: '0' })
    const warning = one.unexplained.value.find((problem) => problem.code === 'W2')
    expect(warning).toBeDefined()
    if (warning) one.setReason(warning, '集中慰问')
    expect(one.unexplained.value.map((problem) => problem.code)).not.toContain('W2')
  })
})
