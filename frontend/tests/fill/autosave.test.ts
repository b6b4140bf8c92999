import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'
import { ApiProblem, NetworkDown } from '@/api/problem'
import type { DraftEdit, DraftSaved } from '@/api/types'
import { useAutosave } from '@/pages/fill/useAutosave'
import { useDraft } from '@/pages/fill/useDraft'
import { countOf, type Pending } from '@/offline/pending'
import type { PendingStore } from '@/offline/pendingStore'
import { F1, submission } from '../sample'

let scope: EffectScope
const sent: DraftEdit[] = []
let kept: Pending | undefined
const store: PendingStore = {
  load: () => Promise.resolve(kept),
  keep: (pending) => { kept = pending; return Promise.resolve({ n: countOf(pending), personal: false }) },
  drop: () => { kept = undefined; return Promise.resolve() },
  discard: () => { kept = undefined; return Promise.resolve() },
}
let answer: (body: DraftEdit) => Partial<DraftSaved>
const save = vi.fn((_id: string, body: DraftEdit): Promise<DraftSaved> => {
  sent.push(body)
  const cells = Object.fromEntries(body.cells.map((edit) => [edit.code, edit.new]))
  return Promise.resolve({ version: 4, saved_at: '2026-11-28T09:41:00+08:00', conflicts: [], cells, rows: null, row_conflicts: [], ...answer(body) })
})

function open(changes = {}) {
  const one = submission(changes)
  const made = scope.run(() => {
    const draft = useDraft(one, F1, (label) => label.zh)
    return { draft, autosave: useAutosave(one, F1, draft, { save, store }) }
  })
  if (!made) throw new Error('no scope')
  return made
}

beforeEach(() => {
  vi.useFakeTimers()
  kept = undefined
  sent.length = 0
  answer = () => ({})
  save.mockClear()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

describe('saving by itself', () => {
  it('sends what changed, with what it was based on, some time after the last key', async () => {
    const { draft, autosave } = open()
    draft.setCell('jf_rc', '6')
    await nextTick()
    expect(autosave.state.value).toBe('pending')
    draft.setCell('jf_rc', '60')
    await vi.advanceTimersByTimeAsync(1000)
    expect(sent).toEqual([{ cells: [{ code: 'jf_rc', base: '5', new: '60' }] }])
    expect(autosave.state.value).toBe('saved')
    expect(autosave.version.value).toBe(4)
  })

  it('bases the next edit on what the server then had', async () => {
    const { draft, autosave } = open()
    draft.setCell('jf_rc', '6')
    await autosave.flush()
    draft.setCell('jf_rc', '7')
    await autosave.flush()
    expect(sent[1]?.cells).toEqual([{ code: 'jf_rc', base: '6', new: '7' }])
  })

  it('sends nothing when nothing changed, however it is written', async () => {
    const { draft, autosave } = open({ cells: { jf_pc: '1200' } })
    draft.setCell('jf_pc', '1,200')
    expect(await autosave.flush()).toBe(true)
    expect(save).not.toHaveBeenCalled()
  })

  it('shows a collision, keeps what was typed, and sends it only when that is chosen', async () => {
    const { draft, autosave } = open()
    answer = () => ({ cells: { jf_rc: '9' }, conflicts: [{ code: 'jf_rc', base: '5', mine: '6', theirs: '9', by_name: '李主任', at: '2026-11-28T09:40:00+08:00' }] })
    draft.setCell('jf_rc', '6')
    await autosave.flush()
    expect(autosave.conflicts.value).toHaveLength(1)
    expect(draft.values.value.jf_rc).toBe('6')
    answer = () => ({})
    await autosave.flush()
    expect(save).toHaveBeenCalledTimes(1)
    autosave.settle('jf_rc', true)
    await autosave.flush()
    expect(sent[1]?.cells).toEqual([{ code: 'jf_rc', base: '9', new: '6' }])
  })

  it('takes the other value when that is chosen', async () => {
    const { draft, autosave } = open()
    answer = () => ({ cells: { jf_rc: '9' }, conflicts: [{ code: 'jf_rc', base: '5', mine: '6', theirs: '9', by_name: '李主任', at: '2026-11-28T09:40:00+08:00' }] })
    draft.setCell('jf_rc', '6')
    await autosave.flush()
    autosave.settle('jf_rc', false)
    expect(draft.values.value.jf_rc).toBe('9')
    expect(await autosave.flush()).toBe(true)
    expect(save).toHaveBeenCalledTimes(1)
  })

  it('takes over what somebody else typed into other cells', async () => {
    const { draft, autosave } = open()
    answer = () => ({ cells: { jf_rc: '6', zy_c: '2' } })
    draft.setCell('jf_rc', '6')
    await autosave.flush()
    expect(draft.values.value.zy_c).toBe('2')
    expect(autosave.unsaved()).toBe(false)
  })

  it('keeps what a dead connection held back, tries again, and finds it again in a new window', async () => {
    const { draft, autosave } = open()
    await autosave.restore()
    save.mockRejectedValueOnce(new NetworkDown(new TypeError('Failed to fetch')))
    draft.setCell('jf_rc', '6')
    expect(await autosave.flush()).toBe(false)
    expect(autosave.state.value).toBe('offline')
    const again = open()
    expect(await again.autosave.restore()).toBe(1)
    expect(again.draft.values.value.jf_rc).toBe('6')
    await vi.advanceTimersByTimeAsync(9000)
    expect(autosave.state.value).toBe('saved')
  })

  it('shows a collision when the window comes back to another value', async () => {
    const { draft, autosave } = open()
    await autosave.restore()
    save.mockRejectedValueOnce(new NetworkDown(new TypeError('Failed to fetch')))
    draft.setCell('jf_rc', '6')
    await autosave.flush()
    const again = open({ cells: { jf_pc: '3', jf_rc: '8' }, saved_at: '2026-11-28T09:40:00+08:00', saved_by_name: '李主任' })
    expect(await again.autosave.restore()).toBe(0)
    expect(again.autosave.conflicts.value).toEqual([{ code: 'jf_rc', base: '5', mine: '6', theirs: '8', by_name: '李主任', at: '2026-11-28T09:40:00+08:00' }])
    expect(again.draft.values.value.jf_rc).toBe('6')
    expect(kept?.cells.jf_rc).toEqual({ base: '5', mine: '6' })
    again.autosave.settle('jf_rc', true)
    await again.autosave.flush()
    expect(sent.pop()?.cells).toEqual([{ code: 'jf_rc', base: '8', new: '6' }])
    expect(kept).toBeUndefined()
  })

  it('forgets the copy once the server has it', async () => {
    const { draft, autosave } = open()
    await autosave.restore()
    draft.setCell('jf_rc', '6')
    await nextTick()
    expect(kept?.cells).toEqual({ jf_rc: { base: '5', mine: '6' } })
    await autosave.flush()
    expect(kept).toBeUndefined()
  })

  it('overwrites nothing that was kept before it has been taken up, and lets newer typing win', async () => {
    kept = { submission: 's1', unit: '', form: '', period: '', cells: { jf_rc: { base: '5', mine: '6' }, jf_pc: { base: '3', mine: '4' } }, rows: null, reasons: { r: '说明' }, zeroed: null, at: '2026-11-28T08:00:00Z' }
    const { draft, autosave } = open()
    draft.setCell('jf_rc', '7')
    await nextTick()
    expect(kept.cells.jf_rc?.mine).toBe('6')
    await autosave.restore()
    expect(draft.values.value).toMatchObject({ jf_rc: '7', jf_pc: '4' })
    expect(draft.reasons.value).toEqual({ r: '说明' })
    expect(kept.cells).toEqual({ jf_rc: { base: '5', mine: '7' }, jf_pc: { base: '3', mine: '4' } })
  })

  it('sends nothing from what was opened without the server, and says how much it keeps', async () => {
    const { draft, autosave } = open({ kept: { at: '2026-11-28T08:00:00Z', withheld: [], hidden: [] } })
    await autosave.restore()
    draft.setCell('jf_rc', '6')
    expect(await autosave.flush()).toBe(false)
    await nextTick()
    expect(save).not.toHaveBeenCalled()
    expect([autosave.state.value, autosave.held.value]).toEqual(['offline', 1])
    expect(kept?.cells.jf_rc?.mine).toBe('6')
  })

  it('says why the server refused, and does not go on asking', async () => {
    const { draft, autosave } = open()
    await autosave.restore()
    save.mockRejectedValueOnce(new ApiProblem(409, { code: 'cycle_closed', detail: '本期已封存' }))
    draft.setCell('jf_rc', '6')
    await nextTick()
    await autosave.flush()
    expect(autosave.state.value).toBe('refused')
    expect((autosave.refusal.value as Error).message).toBe('本期已封存')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(save).toHaveBeenCalledTimes(1)
  })

  it('shows a row that somebody else changed meanwhile, and what was typed into it since', async () => {
    const was = { work: [{ id: 'r1', cells: { xm: '甲' } }, { id: 'r2', cells: { xm: '乙' } }] }
    const { draft, autosave } = open({ rows: was })
    const theirs = { work: [{ id: 'r1', cells: { xm: '甲甲' } }, { id: 'r2', cells: { xm: '丙' } }, { id: 'r3', cells: { xm: '丁' } }] }
    answer = () => ({ rows: theirs, row_conflicts: [{ table: 'work', row: 'r1', base: { xm: '甲' }, mine: { xm: '乙甲' }, theirs: { xm: '甲甲' }, by_name: '李主任', at: null }] })
    draft.setRows('work', [{ id: 'r1', cells: { xm: '乙甲' }, carried: false }, { id: 'r2', cells: { xm: '丙' }, carried: false }])
    await autosave.flush()
    expect(sent[0]?.rows).toEqual([{ table: 'work', id: 'r1', base: { xm: '甲' }, new: { xm: '乙甲' } }, { table: 'work', id: 'r2', base: { xm: '乙' }, new: { xm: '丙' } }])
    expect(draft.rows.value.work?.map((row) => row.cells.xm)).toEqual(['甲甲', '丙', '丁'])
    const [conflict] = autosave.rowConflicts.value
    if (!conflict) throw new Error('no conflict')
    expect([autosave.mineOf(conflict)?.xm, conflict.theirs?.xm, conflict.by_name]).toEqual(['乙甲', '甲甲', '李主任'])
    draft.setRows('work', (draft.rows.value.work ?? []).map((row) => (row.id === 'r1' ? { ...row, cells: { xm: '乙乙甲' } } : row)))
    expect(await autosave.flush()).toBe(true)
    expect(sent).toHaveLength(1)
    expect(autosave.mineOf(conflict)?.xm).toBe('乙乙甲')
    answer = () => ({ rows: { work: [{ id: 'r1', cells: { xm: '乙乙甲' } }] } })
    autosave.settleRow(conflict, true)
    await autosave.flush()
    expect(sent[1]?.rows).toEqual([{ table: 'work', id: 'r1', base: { xm: '甲甲' }, new: { xm: '乙乙甲' } }])
  })

  it('sends reasons and the marks of 其余填0', async () => {
    const { draft, autosave } = open()
    draft.fillZeros()
    await autosave.flush()
    expect(sent[0]?.zeroed).toContain('zy_c')
    expect(sent[0]?.reasons).toBeUndefined()
  })
})
