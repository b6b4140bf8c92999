import type { Basis, Claim, Counts, CycleLite, Decimal, Figures, Id, SubmissionState, UnitRef } from './types'

// --- submissions -----------------------------------------------------------------------------

export type SubmissionAction =
  | 'save' | 'submit' | 'recall' | 'claim' | 'release' | 'approve' | 'return' | 'correct' | 'abandon'

/** One row of a row table: its columns by code, its identity, and whether it came from last period. */
export interface RowRecord {
  id: Id
  carried?: boolean
  [column: string]: string | boolean | null | undefined
}

export type RowTables = Record<string, RowRecord[]>

export interface ReturnNote {
  reason: string
  marked: string[]
  at: string
  by_name: string
}

export interface Receipt {
  no: string
  submitted_at: string
  by_name: string
  late: boolean
}

export interface ChildrenState {
  total: number
  approved: number
  submitted: number
  missing: { unit_id: Id; name: string; state: SubmissionState }[]
}

export interface Submission {
  id: Id
  cycle: CycleLite
  unit: UnitRef
  form_version_id: Id
  state: SubmissionState
  version: number
  actions: SubmissionAction[]
  due_at: string
  late: boolean
  editable: boolean
  cells: Figures
  rows: RowTables
  reasons: Record<string, string>
  zeroed: string[]
  previous: { period_key: string; cells: Figures; rows: RowTables } | null
  medians: Figures
  returned: ReturnNote | null
  claimed: Claim | null
  correction_reason: string | null
  revision_no: number | null
  submitted_at: string | null
  submitted_by_name: string | null
  receipt: Receipt | null
  children: ChildrenState | null
}

export interface CellEdit {
  code: string
  base: string | null
  new: string | null
}

export interface DraftEdit {
  cells: CellEdit[]
  rows?: Record<string, { base_version: number; rows: RowRecord[] }>
  reasons?: Record<string, string>
  zeroed?: string[]
}

export interface CellConflict {
  code: string
  base: string | null
  mine: string | null
  theirs: string | null
}

export interface DraftSaved {
  version: number
  saved_at: string
  conflicts: CellConflict[]
  cells: Figures
}

export interface CheckProblem {
  check: string
  severity: 'E' | 'W'
  message: string
  cells: string[]
  table?: string
  row?: Id
}

export interface RevisionBrief {
  id: Id
  no: number
  submitted_at: string
  by_name: string
  state_after: SubmissionState
  kind: string
}

export interface Revision {
  id: Id
  no: number
  cells: Figures
  rows: RowTables
}

export interface HistoryEntry {
  action: string
  from_state: SubmissionState | null
  to_state: SubmissionState
  by_name: string
  unit_name: string
  at: string
  reason: string | null
}

// --- rollup ----------------------------------------------------------------------------------

export interface RollupRow {
  unit: UnitRef
  kind: 'township' | 'village'
  state: SubmissionState
  counts: Counts | null
  differs: boolean
  submission_id: Id | null
  revision_no: number | null
  live: Figures | null
  reported: Figures | null
}

export interface Rollup {
  unit: UnitRef
  cycle: CycleLite
  basis: Basis
  counts: Counts
  stale: boolean
  totals: Record<Basis, Figures>
  own: { submission_id?: Id | null; state: SubmissionState; live: Figures | null; reported: Figures | null } | null
  rows: RollupRow[]
  trail: UnitRef[]
}

export interface ListedRow {
  unit: UnitRef
  row: RowRecord
}

export interface ListedRows {
  items: ListedRow[]
  counts?: Figures
}

export interface Trend {
  periods: string[]
  series: { code: string; live: (Decimal | null)[]; reported: (Decimal | null)[] }[]
}
