import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import FormSheet from '@/components/grid/FormSheet.vue'
import type { PasteResult } from '@/components/grid/paste'
import { i18n } from '@/i18n'
import { F1 } from '../sample'

globalThis.ResizeObserver ??= class {
  observe() { /* the default width does */ }
  unobserve() { /* nothing observed */ }
  disconnect() { /* nothing observed */ }
}

function sheet(more: Record<string, unknown> = {}) {
  return mount(FormSheet, {
    attachTo: document.body,
    global: { plugins: [i18n], stubs: { ElTooltip: true } },
    props: {
      definition: F1, tier: 'village', values: { jf_pc: '1234', ww_je: '1500' }, previous: { jf_pc: '2' }, previousLabel: '2026年10月',
      problems: [], editable: true, ...more,
    },
  })
}
type Sheet = ReturnType<typeof sheet>
const input = (one: Sheet, code: string) => one.get<HTMLInputElement>(`[data-cell=${code}] input`)
const focused = () => document.activeElement?.closest('[data-cell]')?.getAttribute('data-cell')
afterEach(() => { document.body.innerHTML = '' })

describe('the sheet of a form', () => {
  it('shows what the tier is asked, thousands separated, last period under it', () => {
    const one = sheet()
    expect(one.find('[data-cell=tk_r]').exists()).toBe(false)
    expect(input(one, 'jf_pc').element.value).toBe('1,234')
    expect(one.text()).toContain('来访接待')
    expect(one.get('tr.then').text()).toContain('2')
  })

  it('shows computed cells without a control', () => {
    const cell = sheet().get('[data-cell=ww_je]')
    expect(cell.find('input').exists()).toBe(false)
    expect(cell.text()).toBe('1,500')
    expect(cell.classes()).toContain('computed')
  })

  it('runs along with Enter and Tab, skipping what computes itself', async () => {
    const one = sheet()
    input(one, 'wp_je').element.focus()
    await input(one, 'wp_je').trigger('keydown', { key: 'Enter' })
    expect(focused()).toBe('xb_rc')
    await input(one, 'xb_rc').trigger('keydown', { key: 'Tab', shiftKey: true })
    expect(focused()).toBe('wp_je')
  })

  it('moves up and down between the pieces of the row', async () => {
    const one = sheet()
    input(one, 'jf_rc').element.focus()
    await input(one, 'jf_rc').trigger('keydown', { key: 'ArrowDown' })
    expect(focused()).toBe('zf_rc')
    await input(one, 'zf_rc').trigger('keydown', { key: 'ArrowUp' })
    expect(focused()).toBe('jf_rc')
  })

  it('gives back what was there on Escape', async () => {
    const one = sheet()
    await input(one, 'jf_pc').trigger('focus')
    await input(one, 'jf_pc').setValue('99')
    await input(one, 'jf_pc').trigger('keydown', { key: 'Escape' })
    expect(one.emitted('edit')).toEqual([['jf_pc', '99'], ['jf_pc', '1234']])
  })

  it('lays a pasted block over the row', async () => {
    const one = sheet()
    const clipboardData = { getData: () => '5\t1,200\t\r\n' }
    await input(one, 'jf_pc').trigger('paste', { clipboardData })
    const [result] = one.emitted<[PasteResult]>('block')?.[0] ?? []
    expect(Object.fromEntries(result?.values ?? [])).toEqual({ jf_pc: '5', jf_rc: '1200', jf_jt: null })
  })

  it('leaves a single pasted figure to the cell itself', async () => {
    const one = sheet()
    await input(one, 'jf_pc').trigger('paste', { clipboardData: { getData: () => '5\r\n' } })
    expect(one.emitted('block')).toBeUndefined()
  })

  it('refuses a whole sheet', async () => {
    const one = sheet()
    await input(one, 'jf_pc').trigger('paste', { clipboardData: { getData: () => '1\t'.repeat(30_000) } })
    expect(one.emitted('tooLarge')).toHaveLength(1)
    expect(one.emitted('block')).toBeUndefined()
  })

  it('asks to undo and redo', async () => {
    const one = sheet()
    await input(one, 'jf_pc').trigger('keydown', { key: 'z', ctrlKey: true })
    await input(one, 'jf_pc').trigger('keydown', { key: 'Z', ctrlKey: true, shiftKey: true })
    expect(one.emitted('undo')).toHaveLength(1)
    expect(one.emitted('redo')).toHaveLength(1)
  })

  it('marks cells instead of typing while a report is returned', async () => {
    const one = sheet({ marking: true, editable: false, marks: ['jf_pc'] })
    expect(one.find('input').exists()).toBe(false)
    expect(one.get('[data-cell=jf_pc]').classes()).toContain('marked')
    await one.get('[data-cell=jf_rc] button').trigger('click')
    expect(one.emitted('mark')).toEqual([['jf_rc']])
  })

  it('outlines the cells of a problem and says it', () => {
    const problem = { code: 'E1', key: 'E1', reason_key: 'E1', severity: 'error', message: '请核对', cells: ['jf_pc'], table: null, row: null }
    const cell = sheet({ problems: [problem] }).get('[data-cell=jf_pc]')
    expect(cell.classes()).toContain('error')
    expect(cell.get('input').attributes('aria-invalid')).toBe('true')
  })

  it('tints what differs from last period', () => {
    expect(sheet().get('[data-cell=jf_pc]').classes()).toContain('changed')
  })
})
