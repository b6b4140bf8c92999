import { computed, getCurrentScope, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiProblem, NetworkDown } from '@/api/problem'
import { saveDraft } from '@/api/reporting'
import type { CellConflict, CellEdit, DraftEdit, DraftSaved, Submission } from '@/api/types'
import type { Cells, FormDefinition } from '@/formula/types'
import { readStored } from '@/components/grid/reading'
import { rowsOut, type SheetRows } from '@/forms/rows'
import { drop, keep, recall } from '@/lib/storage'
import { sameFigure } from '@/lib/figures'
import type { Draft } from './useDraft'

export type SaveState = 'clean' | 'pending' | 'saving' | 'saved' | 'offline' | 'refused'

interface Kept { cells: Record<string, { base: string | null; mine: string | null }> }

const PAUSE = 700
const AGAIN = 8_000

/**
 * Saves what changed, cell by cell, each with the value it was based on, so that two people in one draft collide only
 * where they typed into the same cell. Whatever hasn't reached the server yet is kept in this browser, personal cells excepted.
 */
export function useAutosave(submission: Submission, definition: FormDefinition, draft: Draft, save = saveDraft) {
  const fields = new Map(definition.fields.map((field) => [field.code, field]))
  const place = `jiceng.draft.${submission.id}`
  const base = shallowRef<Cells>({ ...submission.cells })
  const version = ref(submission.version)
  const state = ref<SaveState>('clean')
  const savedAt = ref<string | null>(submission.saved_at)
  const refusal = shallowRef<unknown>(null)
  const conflicts = ref<CellConflict[]>([])
  let savedRows: SheetRows = draft.rows.value
  let savedReasons = JSON.stringify(draft.reasons.value)
  let savedZeroed = JSON.stringify(draft.zeroed.value)
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> | null = null

  const inConflict = computed(() => new Set(conflicts.value.map((one) => one.code)))

  /** What is sent for a cell: its value in plain form, or the text as typed where the form can't read it. */
  function storable(code: string): string | null {
    const field = fields.get(code)
    const text = draft.cells.value[code] ?? null
    if (field === undefined || text === null) return null
    const value = readStored(field, text)
    return value === undefined ? text : value
  }

  function edits(): CellEdit[] {
    const list: CellEdit[] = []
    for (const code of draft.typedCodes) {
      const value = storable(code)
      const from = base.value[code] ?? null
      if (!sameFigure(value, from) && !inConflict.value.has(code)) list.push({ code, base: from, new: value })
    }
    return list
  }

  function body(): DraftEdit | null {
    const next: DraftEdit = { cells: edits() }
    const changed = Object.entries(draft.rows.value).filter(([table, rows]) => rows !== savedRows[table])
    // Rows are saved whole, all tables of the form together.
    if (changed.length > 0) next.rows = Object.fromEntries(Object.entries(draft.rows.value).map(([table, rows]) => [table, rowsOut(rows)]))
    if (JSON.stringify(draft.reasons.value) !== savedReasons) next.reasons = { ...draft.reasons.value }
    if (JSON.stringify(draft.zeroed.value) !== savedZeroed) next.zeroed = [...draft.zeroed.value]
    const nothing = next.cells.length === 0 && !next.rows && !next.reasons && !next.zeroed
    return nothing ? null : next
  }

  function accept(answer: DraftSaved, sent: DraftEdit, rows: SheetRows): void {
    version.value = answer.version
    savedAt.value = answer.saved_at
    if (sent.rows) savedRows = rows
    if (sent.reasons) savedReasons = JSON.stringify(sent.reasons)
    if (sent.zeroed) savedZeroed = JSON.stringify(sent.zeroed)
    const sentNow = new Map(sent.cells.map((edit) => [edit.code, edit.new]))
    const collided = new Set(answer.conflicts.map((one) => one.code))
    const theirs: Cells = {}
    for (const [code, value] of Object.entries(answer.cells)) {
      if (!draft.typedCodes.has(code) || collided.has(code)) continue
      const untouched = sameFigure(storable(code), base.value[code] ?? null)
      if (!sentNow.has(code) && untouched && !sameFigure(value, base.value[code] ?? null)) theirs[code] = value
    }
    const nextBase: Cells = { ...base.value, ...answer.cells }
    for (const [code, value] of sentNow) if (!collided.has(code)) nextBase[code] = value
    for (const one of answer.conflicts) nextBase[one.code] = one.theirs
    base.value = nextBase
    if (Object.keys(theirs).length > 0) draft.cells.value = { ...draft.cells.value, ...theirs }
    conflicts.value = [...conflicts.value.filter((one) => !collided.has(one.code)), ...answer.conflicts]
  }

  async function saveOnce(): Promise<void> {
    const sent = body()
    if (sent === null) {
      state.value = savedAt.value === null ? 'clean' : 'saved'
      forgetKept()
      return
    }
    state.value = 'saving'
    const rows = draft.rows.value
    try {
      accept(await save(submission.id, sent), sent, rows)
      refusal.value = null
      state.value = 'saved'
    } catch (error) {
      keepUnsaved()
      refusal.value = error
      const passing = error instanceof NetworkDown || (error instanceof ApiProblem && error.status >= 500)
      state.value = passing ? 'offline' : 'refused'
      if (passing) schedule(AGAIN)
      return
    }
    if (body() === null) forgetKept()
    else schedule(0)
  }

  function schedule(wait = PAUSE): void {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => { void flush() }, wait)
  }

  /** Saves now and waits for it. True when everything has reached the server. */
  async function flush(): Promise<boolean> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (running) await running
    running = saveOnce().finally(() => { running = null })
    await running
    return body() === null
  }

  function unsaved(): boolean {
    return body() !== null
  }

  function keepUnsaved(): void {
    const cells: Kept['cells'] = {}
    for (const edit of edits()) {
      if (fields.get(edit.code)?.personal === null) cells[edit.code] = { base: edit.base, mine: edit.new }
    }
    if (Object.keys(cells).length > 0) keep(place, { cells } satisfies Kept)
  }
  function forgetKept(): void {
    if (conflicts.value.length === 0) drop(place)
  }

  /** Brings back what a lost connection or a closed window left in this browser. Returns how many cells. */
  function restore(): number {
    const kept = recall<Kept>(place)
    const changes: Cells = {}
    for (const [code, { base: from, mine }] of Object.entries(kept?.cells ?? {})) {
      if (!draft.typedCodes.has(code) || sameFigure(mine, base.value[code] ?? null)) continue
      if (sameFigure(from, base.value[code] ?? null)) changes[code] = mine
      else conflicts.value = [...conflicts.value, { code, base: from, mine, theirs: base.value[code] ?? null }]
    }
    if (Object.keys(changes).length > 0) draft.setMany(changes)
    return Object.keys(changes).length
  }

  function settle(code: string, keepMine: boolean): void {
    const conflict = conflicts.value.find((one) => one.code === code)
    if (!conflict) return
    conflicts.value = conflicts.value.filter((one) => one !== conflict)
    draft.setCell(code, (keepMine ? conflict.mine : conflict.theirs) ?? '')
    schedule(0)
  }

  watch([draft.cells, draft.rows, draft.reasons, draft.zeroed], () => {
    if (!unsaved()) return
    if (state.value !== 'saving') state.value = 'pending'
    keepUnsaved()
    schedule()
  })

  const hurry = () => { if (document.visibilityState === 'hidden' && unsaved()) void flush() }
  const online = () => { if (unsaved()) void flush() }
  document.addEventListener('visibilitychange', hurry)
  window.addEventListener('online', online)
  if (getCurrentScope()) {
    onScopeDispose(() => {
      document.removeEventListener('visibilitychange', hurry)
      window.removeEventListener('online', online)
      if (timer !== null) clearTimeout(timer)
      if (unsaved()) void saveOnce()
    })
  }

  return { state, savedAt, version, refusal, conflicts, flush, unsaved, restore, settle }
}

export type Autosave = ReturnType<typeof useAutosave>
