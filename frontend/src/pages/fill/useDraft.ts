import { computed, ref, shallowRef } from 'vue'
import type { Problem, Submission } from '@/api/types'
import { askedFields } from '@/components/grid/sheet'
import { isNumeric } from '@/components/grid/reading'
import { evaluateForm, type Cells, type FormDefinition, type Label } from '@/formula'
import { contextOf } from '@/forms/engine'
import { isBlankCell, problemsFor } from '@/forms/problems'
import { rowsIn, type SheetRow, type SheetRows } from '@/forms/rows'
import { sameFigure } from '@/lib/figures'

/** One act that can be taken back: the cells before and after it. */
interface Act {
  before: Cells
  after: Cells
  zeroedBefore: string[]
  zeroedAfter: string[]
}

const REMEMBERED = 200

export function isBlank(value: string | null | undefined): boolean {
  return value === null || value === undefined || value === ''
}

/** What is being typed on one submission: figures, rows, reasons, their evaluation, and undo. Knows nothing of saving. */
export function useDraft(submission: Submission, definition: FormDefinition, say: (label: Label) => string) {
  const cells = shallowRef<Cells>({ ...submission.cells })
  const rows = shallowRef<SheetRows>(rowsIn(submission.rows, submission.previous?.rows ?? null))
  const reasons = ref<Record<string, string>>({ ...submission.reasons })
  const zeroed = ref<string[]>([...submission.zeroed])
  const done = shallowRef<Act[]>([])
  const undone = shallowRef<Act[]>([])

  const context = contextOf(submission)
  const fields = askedFields(definition, submission.unit.tier)
  const typed = fields.filter((field) => field.tree === null || (field.typed_in_first_period && context.first_period))
  const typedCodes = new Set(typed.map((field) => field.code))

  const evaluation = computed(() => {
    const given: Cells = {}
    for (const field of typed) given[field.code] = isBlank(cells.value[field.code]) ? null : (cells.value[field.code] ?? null)
    return evaluateForm(definition, given, rows.value, context)
  })
  /** What the cells show: text as it is being typed, results where the form computes. */
  const values = computed<Cells>(() => {
    const shown: Cells = { ...evaluation.value.cells }
    for (const code of typedCodes) shown[code] = isBlank(cells.value[code]) ? null : (cells.value[code] ?? null)
    return shown
  })

  const problems = computed<Problem[]>(() => problemsFor(evaluation.value.problems, submission.unit.tier, say))
  const blanks = computed(() => problems.value.filter(isBlankCell))
  const errors = computed(() => problems.value.filter((one) => one.severity === 'error' && !isBlankCell(one)))
  const warnings = computed(() => problems.value.filter((one) => one.severity === 'warning'))
  const unexplained = computed(() => warnings.value.filter((one) => (reasons.value[one.reason_key] ?? '').trim() === ''))

  const wanted = typed.filter((field) => field.required)
  const filled = computed(() => wanted.filter((field) => !isBlank(cells.value[field.code])).length)

  function write(changes: Cells, markZeroed: string[] | null): void {
    const before: Cells = {}
    for (const code of Object.keys(changes)) before[code] = cells.value[code] ?? null
    const codes = new Set(Object.keys(changes))
    const zeroedBefore = zeroed.value
    const zeroedAfter = [...zeroedBefore.filter((code) => !codes.has(code)), ...(markZeroed ?? [])]
    const act: Act = { before, after: changes, zeroedBefore, zeroedAfter }
    done.value = merged(done.value, act)
    undone.value = []
    apply(act.after, zeroedAfter)
  }

  function apply(changes: Cells, nextZeroed: string[]): void {
    cells.value = { ...cells.value, ...changes }
    zeroed.value = nextZeroed
  }

  const setCell = (code: string, text: string) => {
    if (typedCodes.has(code)) write({ [code]: text === '' ? null : text }, null)
  }
  const setMany = (changes: Cells) => { write(changes, null) }

  /** 其余填0: zeros into every blank figure, marked as such for whoever reviews. */
  function fillZeros(): number {
    const blank = typed.filter((field) => isNumeric(field) && isBlank(cells.value[field.code]))
    if (blank.length === 0) return 0
    write(Object.fromEntries(blank.map((field) => [field.code, '0'])), blank.map((field) => field.code))
    return blank.length
  }

  function undo(): boolean {
    const act = done.value[done.value.length - 1]
    if (act === undefined) return false
    done.value = done.value.slice(0, -1)
    undone.value = [...undone.value, act]
    apply(act.before, act.zeroedBefore)
    return true
  }
  function redo(): boolean {
    const act = undone.value[undone.value.length - 1]
    if (act === undefined) return false
    undone.value = undone.value.slice(0, -1)
    done.value = [...done.value, act]
    apply(act.after, act.zeroedAfter)
    return true
  }

  function setRows(table: string, next: SheetRow[]): void {
    rows.value = { ...rows.value, [table]: next }
  }
  function setReason(problem: Problem, text: string): void {
    reasons.value = { ...reasons.value, [problem.reason_key]: text }
  }

  return {
    cells, rows, reasons, zeroed, values, problems, blanks, errors, warnings, unexplained, fields, typed, typedCodes,
    filled, total: wanted.length, context,
    setCell, setMany, fillZeros, undo, redo, setRows, setReason,
  }
}

export type Draft = ReturnType<typeof useDraft>

/** Typing on in one cell is one act. */
function merged(acts: readonly Act[], act: Act): Act[] {
  const last = acts[acts.length - 1]
  const [code, ...others] = Object.keys(act.after)
  if (last && code !== undefined && others.length === 0) {
    const [lastCode, ...lastOthers] = Object.keys(last.after)
    const zeroedSame = act.zeroedBefore.length === act.zeroedAfter.length
    if (lastCode === code && lastOthers.length === 0 && zeroedSame && sameStep(last, act, code)) {
      return [...acts.slice(0, -1), { ...act, before: last.before, zeroedBefore: last.zeroedBefore }]
    }
  }
  return [...acts, act].slice(-REMEMBERED)
}

function sameStep(last: Act, act: Act, code: string): boolean {
  return sameFigure(last.after[code], act.before[code])
}
