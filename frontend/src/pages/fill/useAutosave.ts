import { computed, getCurrentScope, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiProblem, NetworkDown } from '@/api/problem'
import { saveDraft } from '@/api/reporting'
import type { CellConflict, CellEdit, DraftEdit, DraftSaved, RowConflict, RowEdit, RowTables, Submission } from '@/api/types'
import type { Cells, FormDefinition } from '@/formula/types'
import { readStored } from '@/components/grid/reading'
import { rowsIn, rowsOut, type SheetRows } from '@/forms/rows'
import { rememberSubmission } from '@/offline/answers'
import { changedRows, mergeCells, mergeRows, rowEdits, sameCells, withRow, type Pending } from '@/offline/pending'
import { pendingStore, type PendingStore } from '@/offline/pendingStore'
import { sameFigure } from '@/lib/figures'
import type { Draft } from './useDraft'

export type SaveState = 'clean' | 'pending' | 'saving' | 'saved' | 'offline' | 'refused'

const PAUSE = 700
const AGAIN = 8_000

interface Surroundings {
  save: typeof saveDraft
  store: PendingStore
}

const plain = (rows: SheetRows) => Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, rowsOut(list)]))

/**
 * Saves what changed, cell by cell and row by row, each with the value it was based on, so that two people in one draft
 * collide only where they typed into the same. What the server hasn't taken yet is kept in this browser.
 * A submission opened from what the browser kept is never sent from: it is read anew first.
 */
export function useAutosave(submission: Submission, definition: FormDefinition, draft: Draft, around: Partial<Surroundings> = {}) {
  const { save = saveDraft, store = pendingStore(submission.id, definition) } = around
  const apart = submission.kept !== undefined
  const fields = new Map(definition.fields.map((field) => [field.code, field]))
  const base = shallowRef<Cells>({ ...submission.cells })
  const version = ref(submission.version)
  const state = ref<SaveState>('clean')
  const savedAt = ref<string | null>(submission.saved_at)
  const refusal = shallowRef<unknown>(null)
  const conflicts = ref<CellConflict[]>([])
  const rowConflicts = shallowRef<RowConflict[]>([])
  /** Changes held in this browser and by no server; null: it keeps nothing. */
  const held = ref<number | null>(0)
  /** Something personal was typed that is not kept here. */
  const unkept = ref(false)
  let savedRows: SheetRows = draft.rows.value
  let savedReasons = JSON.stringify(draft.reasons.value)
  let savedZeroed = JSON.stringify(draft.zeroed.value)
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> | null = null
  /** Nothing overwrites what was kept before it has been taken up. */
  let restored = false
  let ended = false
  const inConflict = computed(() => new Set(conflicts.value.map((one) => one.code)))
  const isOpen = (table: string, row: string) => rowConflicts.value.some((one) => one.table === table && one.row === row)

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

  function editedRows(): RowEdit[] {
    if (draft.rows.value === savedRows) return []
    return rowEdits(plain(savedRows), plain(draft.rows.value)).filter((one) => !isOpen(one.table, one.id))
  }

  function body(): DraftEdit | null {
    const next: DraftEdit = { cells: edits() }
    const rows = editedRows()
    if (rows.length > 0) next.rows = rows
    if (JSON.stringify(draft.reasons.value) !== savedReasons) next.reasons = { ...draft.reasons.value }
    if (JSON.stringify(draft.zeroed.value) !== savedZeroed) next.zeroed = [...draft.zeroed.value]
    const nothing = next.cells.length === 0 && !next.rows && !next.reasons && !next.zeroed
    return nothing ? null : next
  }

  function accept(answer: DraftSaved, sent: DraftEdit, rows: SheetRows): void {
    version.value = answer.version
    savedAt.value = answer.saved_at
    if (answer.rows) takeRows(plain(rows), answer.rows, answer.row_conflicts)
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
      keepUnsaved()
      return
    }
    if (apart) {
      keepUnsaved()
      state.value = 'offline'
      return
    }
    state.value = 'saving'
    try {
      const rows = draft.rows.value
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
    keepUnsaved()
    void rememberSubmission({ ...submission, state: 'draft', version: version.value, saved_at: savedAt.value, cells: base.value, rows: plain(savedRows), reasons: JSON.parse(savedReasons) as Submission['reasons'], zeroed: JSON.parse(savedZeroed) as string[] }, definition)
    if (body() !== null) schedule(0)
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

  /** From here on another window keeps and sends. */
  function end(): void {
    ended = true
    if (timer !== null) clearTimeout(timer)
  }

  function unsaved(): boolean {
    return body() !== null
  }

  /** What is to be kept of what the server hasn't taken, choices still open included; null: nothing. */
  function pending(): Pending | null {
    const cells: Pending['cells'] = {}
    for (const { code, base: from, new: mine } of edits()) cells[code] = { base: from, mine }
    for (const { code, base: from } of conflicts.value) cells[code] = { base: from, mine: storable(code) }
    const touched = draft.rows.value !== savedRows || rowConflicts.value.length > 0
    const [from, mine] = touched ? [plain(savedRows), plain(draft.rows.value)] : [{}, {}]
    for (const one of rowConflicts.value) {
      const own = mineOf(one)
      from[one.table] = withRow(from[one.table] ?? [], one.row, one.base && { id: one.row, cells: one.base })
      mine[one.table] = withRow(mine[one.table] ?? [], one.row, own && { id: one.row, cells: own })
    }
    const rows = changedRows(from, mine).length > 0 ? { base: from, mine } : null
    const reasons = JSON.stringify(draft.reasons.value) === savedReasons ? null : { ...draft.reasons.value }
    const zeroed = JSON.stringify(draft.zeroed.value) === savedZeroed ? null : [...draft.zeroed.value]
    if (Object.keys(cells).length === 0 && !rows && !reasons && !zeroed) return null
    const { unit, form, period } = submission
    return { submission: submission.id, unit: unit.name, form: form.name, period: period.key, cells, rows, reasons, zeroed, at: new Date().toISOString() }
  }

  function keepUnsaved(): void {
    if (!restored || ended) return
    const next = pending()
    if (next === null) {
      held.value = 0
      unkept.value = false
      void store.drop()
      return
    }
    void store.keep(next).then((kept) => {
      held.value = kept === null ? null : kept.n
      unkept.value = kept?.personal ?? false
    })
  }

  /** Brings back what a lost connection or a closed window left in this browser, and what could be opened since. Returns how many. */
  async function restore(): Promise<number> {
    const kept = await store.load()
    restored = true
    if (kept === undefined) {
      if (unsaved()) keepUnsaved()
      return 0
    }
    // What is being typed at this moment is newer than what was kept.
    const fresh = (code: string) => draft.typedCodes.has(code) && sameFigure(storable(code), base.value[code] ?? null)
    const { apply, conflicts: found } = mergeCells(kept.cells, base.value, fresh)
    conflicts.value = [...conflicts.value, ...found.map((one) => ({ ...one, by_name: submission.saved_by_name, at: submission.saved_at }))]
    // Both values stay: the cell shows what was typed here until one is chosen.
    const shown: Cells = { ...apply, ...Object.fromEntries(found.map((one) => [one.code, one.mine])) }
    if (Object.keys(shown).length > 0) draft.setMany(shown)
    let rows = 0
    if (kept.rows) rows = putRows(kept.rows.base, kept.rows.mine, plain(draft.rows.value))
    if (kept.reasons) draft.reasons.value = { ...draft.reasons.value, ...kept.reasons }
    if (kept.zeroed) draft.zeroed.value = [...new Set([...draft.zeroed.value, ...kept.zeroed])]
    keepUnsaved()
    return Object.keys(apply).length + rows
  }

  /** Rows of ours put into those as they stand; what both changed waits for a choice. Returns how many were put in. */
  function putRows(from: RowTables, mine: RowTables, theirs: RowTables): number {
    const { rows, conflicts: found } = mergeRows(from, mine, theirs)
    collide(found.map((one) => ({ ...one, by_name: submission.saved_by_name, at: submission.saved_at })))
    const changed = changedRows(theirs, rows)
    if (changedRows(plain(draft.rows.value), rows).length > 0) draft.rows.value = { ...draft.rows.value, ...rowsIn(rows, submission.previous?.rows ?? null) }
    return changed.length
  }

  function collide(found: RowConflict[]): void {
    rowConflicts.value = [...rowConflicts.value.filter((one) => !found.some((other) => other.table === one.table && other.row === one.row)), ...found]
  }

  /** The server's rows after a save; what was typed since then stays on top of them. */
  function takeRows(sent: RowTables, now: RowTables, collided: RowConflict[]): void {
    const before = submission.previous?.rows ?? null
    collide(collided)
    savedRows = rowsIn(now, before)
    const { rows } = mergeRows(sent, plain(draft.rows.value), now)
    draft.rows.value = changedRows(now, rows).length === 0 ? savedRows : { ...savedRows, ...rowsIn(rows, before) }
  }

  function settle(code: string, keepMine: boolean): void {
    const conflict = conflicts.value.find((one) => one.code === code)
    if (!conflict) return
    const mine = storable(code)
    conflicts.value = conflicts.value.filter((one) => one !== conflict)
    base.value = { ...base.value, [code]: conflict.theirs }
    draft.setCell(code, (keepMine ? mine : conflict.theirs) ?? '')
    keepUnsaved()
    schedule(0)
  }

  /** What stands against the saved row: what was typed since into the row itself, else what collided. */
  function mineOf(one: RowConflict): Cells | null {
    const now = plain(draft.rows.value)[one.table]?.find((row) => row.id === one.row)?.cells ?? null
    return sameCells(now, one.theirs) ? one.mine : now
  }

  function settleRow(one: RowConflict, keepMine: boolean): void {
    const mine = keepMine ? mineOf(one) : one.theirs
    rowConflicts.value = rowConflicts.value.filter((other) => other !== one)
    const now = draft.rows.value[one.table] ?? []
    const carried = now.find((row) => row.id === one.row)?.carried ?? false
    draft.setRows(one.table, withRow(now, one.row, mine && { id: one.row, cells: mine, carried }))
    keepUnsaved()
    schedule(0)
  }

  watch([draft.cells, draft.rows, draft.reasons, draft.zeroed], () => {
    if (!unsaved()) return
    // Without a network the page goes on saying so; nothing is about to be saved.
    if (state.value !== 'saving' && state.value !== 'offline') state.value = apart ? 'offline' : 'pending'
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
      if (unsaved() && !ended) void saveOnce()
    })
  }

  const open = computed(() => conflicts.value.length + rowConflicts.value.length)

  return { state, savedAt, version, refusal, conflicts, rowConflicts, mineOf, open, held, unkept, apart, pending, flush, end, unsaved, restore, settle, settleRow }
}

export type Autosave = ReturnType<typeof useAutosave>
