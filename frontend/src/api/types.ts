import type { Cells } from '@/formula'
import type { components } from './schema'

/**
 * The server's types under the names that pages use. The document says `string` where it means one of a few words, and
 * nothing about what rows look like; those are narrowed here and nowhere else.
 */
type Schemas = components['schemas']
type Narrow<Wide, Narrowed> = Omit<Wide, keyof Narrowed> & Narrowed

export type Id = string
export type Figures = Cells

export type Tier = Schemas['Tier']
export type Role = Schemas['Role']
export type AdminKind = Schemas['AdminKind']
export type Basis = 'live' | 'reported'

export interface Page<T> {
  items: T[]
  next?: string | null
}

// --- sign-in ---------------------------------------------------------------------------------

export type DemoUser = Narrow<Schemas['DemoUser'], { tier: Tier }>
export type Site = Narrow<Schemas['Site'], { demo_users: DemoUser[] }>
export type Me = Schemas['Me']
export type Membership = Schemas['MembershipOut']
export type SessionInfo = Schemas['SessionOut']
export type Remembered = Schemas['RememberedOut']
export type DeviceInfo = Schemas['DeviceOut']
export type DeviceHalf = Schemas['DeviceHalfOut']
export type Scan = Schemas['ScanOut']
export type ScanAsked = Schemas['ScanAsked']
export type Outside = Schemas['OutsideOut']

// --- units and accounts ----------------------------------------------------------------------

export type UnitBrief = Schemas['UnitBrief']
export type Unit = Schemas['UnitOut']
export type UnitHistory = Schemas['UnitHistory']
export type NewUnit = Schemas['NewUnitIn']
export type Account = Schemas['AccountOut']
export type NewPerson = Schemas['PersonIn']
export type AccountSlip = Schemas['SlipOut']
export type AuditEntry = Schemas['AuditLine']

// --- forms and cycles ------------------------------------------------------------------------

export type FormEntry = Schemas['FormOut']
export type FormBrief = Schemas['FormBrief']
export type Period = Schemas['PeriodOut']
export type SubmissionState = 'not_started' | 'draft' | 'signing' | 'submitted' | 'approved' | 'returned'
export type CycleAction = 'close' | 'unclose' | 'report_up'
export type Counts = Schemas['Counts']
export type OwnBrief = Narrow<Schemas['OwnBrief'], { state: SubmissionState }>
export type CycleBrief = Narrow<Schemas['CycleBrief'], { own: OwnBrief | null; state: 'open' | 'closed'; actions: CycleAction[] }>
export type CyclePage = Narrow<Schemas['CyclePage'], { items: CycleBrief[] }>
export type SubmissionBrief = Narrow<Schemas['SubmissionBrief'], { state: SubmissionState }>
export type MissingPage = Narrow<Schemas['MissingPage'], { items: SubmissionBrief[] }>

// --- submissions -----------------------------------------------------------------------------

export type SubmissionAction =
  | 'save' | 'submit' | 'recall' | 'claim' | 'release' | 'approve' | 'return' | 'correct' | 'abandon'
  | 'prepare' | 'check' | 'sign' | 'decline' | 'withdraw'
  | 'fill_for' | 'mend' | 'object' | 'answer' | 'return_through' | 'extend' | 'exempt' | 'require' | 'reopen' | 'reclose'

export interface RowRecord {
  id: string
  cells: Cells
}

export type RowTables = Record<string, RowRecord[]>
export type Problem = Narrow<Schemas['ProblemOut'], { severity: 'error' | 'warning' }>
export type Children = Narrow<Schemas['Children'], { missing: Narrow<Schemas['MissingChild'], { state: SubmissionState }>[] }>
export type SignSteps = 'none' | 'sign' | 'check_and_sign'
export type Signature = Narrow<Schemas['SignatureOut'], { step: 'prepare' | 'check' | 'sign' }>
export type SignChoice = Narrow<Schemas['SignChoice'], { steps: SignSteps; tier: Tier }>
export type Submission = Narrow<Schemas['SubmissionOut'], {
  state: SubmissionState
  actions: SubmissionAction[]
  cycle_state: 'open' | 'closed'
  behalf: Narrow<Schemas['BehalfOut'], { kind: 'filled' | 'mended' }> | null
  rows: RowTables
  previous: Narrow<Schemas['Previous'], { rows: RowTables }> | null
  problems: Problem[]
  children: Children | null
  sign_steps: SignSteps
  signatures: Signature[]
  awaited: 'check' | 'sign' | null
}> & {
  /** Read from what this browser kept at that time, without the tables and fields that hold something personal. */
  kept?: { at: string; withheld: string[]; hidden: string[] }
}
export type Submitted = Schemas['SubmittedOut']
export type CellEdit = Schemas['CellEditIn'] & { base: string | null; new: string | null }
export type CellConflict = Schemas['ConflictOut']
export interface DraftEdit {
  cells: CellEdit[]
  rows?: RowEdit[]
  reasons?: Record<string, string>
  zeroed?: string[]
}
/** A row as it was read and as it is to be; null where there was none, or is to be none. */
export type RowEdit = Schemas['RowEditIn'] & { base: Cells | null; new: Cells | null }
/** A row that two people changed: null where one of them removed it. */
export type RowConflict = Schemas['RowConflictOut']
export type DraftSaved = Narrow<Schemas['SavedOut'], { rows: RowTables | null }>
export type Revision = Narrow<Schemas['RevisionOut'], { rows: RowTables }>
export type RevisionBrief = Schemas['RevisionBrief']
export type RevisionChanges = Narrow<Schemas['RevisionChanges'], { behalf_kind: 'filled' | 'mended' | null }>
export type CellChange = Schemas['CellChangeOut']
export type ArchiveBrief = Narrow<Schemas['ArchiveBrief'], { kind: 'closing' | 'reported_up' }>
export type Archive = Narrow<Schemas['ArchiveOut'], { kind: 'closing' | 'reported_up'; cycle: CycleBrief }>
export type ReportUp = Schemas['ReportUpIn']
export type ReasonLine = Schemas['ReasonLine']
export type HistoryEntry = Schemas['HistoryLine']

// --- rollup ----------------------------------------------------------------------------------

/** Tier, then state (and `late`, `exempt`), then how many units. */
export type TierCounts = Record<string, Record<string, number>>
export type RollupRow = Narrow<Schemas['RollupRow'], { kind: Tier | 'own'; state: SubmissionState | null; counts: TierCounts }>
export type Rollup = Narrow<Schemas['RollupOut'], { rows: RollupRow[]; counts: TierCounts; cycle: CycleBrief; problems: Problem[] }>
export type RowListing = Narrow<Schemas['RowListing'], { rows: RowRecord[] }>
export type Trend = Schemas['TrendOut']

// --- jobs, inbox -----------------------------------------------------------------------------

export type Job = Narrow<Schemas['JobOut'], { state: 'queued' | 'running' | 'done' | 'failed' }>

export interface InboxFacts {
  /** 交办单号, where a title would tell too much. */
  number?: string
  /** A plan's year, and how many of its items are late. */
  year?: number
  count?: number
  form?: string
  form_en?: string
  form_code?: string
  period?: string
  unit?: string
  cycle_id?: Id
  zero_allowed?: boolean
  returned?: boolean
  reason?: string
  correction?: boolean
  /** Sent back by the unit's own reviewer or leader. */
  declined?: boolean
  warnings?: number
  /** Who did what the item tells of. */
  by?: string
  /** 交接: whose post it was. */
  leaver?: string
  reminded_at?: string
  reminded_by?: string
  /** Of a task: which, what it is called (empty where it is confidential), how urgent. */
  task_id?: Id
  title?: string
  /** Of a training: when it begins. */
  starts_at?: string
  kind?: string
  priority?: string
  urged_by?: string
  supervised?: boolean
  supervisor?: string
  overdue?: boolean
  /** The number of the change that is to be signed. */
  amended?: number
  extended?: boolean
  /** A notice asks for a receipt. */
  receipt?: boolean
  refused?: boolean
  until?: string
  open_below?: number
  /** How many units below got it past the unit that is told. */
  units?: number
  file_id?: Id
  file_name?: string
}

export type InboxItem = Narrow<Schemas['InboxLine'], { facts: InboxFacts }>
export type DoneItem = InboxItem & Pick<Schemas['DoneLine'], 'settled_at'>
export type Inbox = Narrow<Schemas['InboxPage'], { items: InboxItem[] }>

// --- the month at a glance ---------------------------------------------------------------------

export type MonthCell = Narrow<Schemas['MonthCell'], { state: SubmissionState }>
export type MonthRow = Narrow<Schemas['MonthRow'], { cells: MonthCell[] }>
export type MonthColumn = Schemas['MonthColumn']
export type Month = Narrow<Schemas['MonthOut'], { rows: MonthRow[] }>
export type UnitContact = Schemas['ContactOut']

// --- reminders ---------------------------------------------------------------------------------

export type ReminderPlan = Schemas['PlanOut']
export type ReminderRule = Schemas['RuleOut']
export type Channel = Schemas['ChannelOut']
export type ChannelKind = Schemas['ChannelKind']
