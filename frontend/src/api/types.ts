/** The HTTP contract by hand. Figures are decimal strings; times are ISO 8601 with an offset. */

export type Id = string
export type Decimal = string
export type Figures = Record<string, Decimal | null>

export type Tier = 'county' | 'township' | 'village'
export type Role = 'reporter' | 'reviewer' | 'leader' | 'administrator'
export type AdminKind = 'system' | 'security' | 'audit'
export type Basis = 'live' | 'reported'

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

export interface UnitRef {
  id: Id
  name: string
  short_name: string
  tier: Tier
}

// --- public, sign-in -------------------------------------------------------------------------

export interface DemoUser {
  tier: Tier
  role: Role | AdminKind
  unit_name: string
  county_code: string
  sign_name: string
  password: string
  display_name: string
}

export interface Site {
  demo: boolean
  counties: { code: string; name: string }[]
  demo_users: DemoUser[]
  non_classified_notice: string
}

export interface Membership {
  id: Id
  unit: UnitRef
  section_name: string | null
  roles: Role[]
  admin_kind: AdminKind | null
}

export interface Me {
  user: { id: Id; display_name: string; sign_name: string; must_change_password: boolean; totp_enabled: boolean }
  county: { id: Id; code: string; name: string }
  memberships: Membership[]
  idle_minutes: number
}

export interface SessionInfo {
  id: Id
  created_at: string
  last_seen_at: string
  user_agent: string
  address: string
  current: boolean
}

export interface LinkInfo {
  county_code: string
  county_name: string
  display_name: string
  unit_name: string
  expires_at: string
}

// --- units and accounts ----------------------------------------------------------------------

export interface Unit extends UnitRef {
  code: string
  parent_id: Id | null
  active: boolean
}

export interface UnitChange {
  id: Id
  kind: string
  effective_on: string
  summary: string
  by_name: string
  at: string
}

export interface AccountMembership {
  id: Id
  unit: UnitRef
  roles: Role[]
  admin_kind: AdminKind | null
}

export interface Account {
  id: Id
  sign_name: string
  display_name: string
  phone: string | null
  state: 'active' | 'locked' | 'disabled'
  locked_until: string | null
  last_sign_in_at: string | null
  must_change_password: boolean
  totp_enabled: boolean
  memberships: AccountMembership[]
}

export interface NewPerson {
  sign_name: string
  display_name: string
  phone?: string
  roles: Role[]
}

export interface AccountSlip {
  sign_name: string
  display_name: string
  unit_name: string
  initial_password: string
}

export interface AuditEntry {
  id: Id
  at: string
  actor_name: string | null
  unit_name: string | null
  action: string
  subject: string
  detail: string | null
  address: string | null
}

// --- forms -----------------------------------------------------------------------------------

export interface FormVersionRef {
  id: Id
  version: number
  state: string
  published_at: string | null
}

export interface FormBrief {
  id: Id
  code: string
  name: string
  owner: string
  basis: string
  valid_until: string | null
  period_kind: string
  versions: FormVersionRef[]
}

export interface FormVersion<Definition> {
  id: Id
  code: string
  name: string
  version: number
  definition: Definition
}

// --- cycles ----------------------------------------------------------------------------------

export type SubmissionState = 'not_started' | 'draft' | 'submitted' | 'approved' | 'returned' | 'exempt'

export interface Counts {
  total: number
  not_started: number
  draft: number
  submitted: number
  approved: number
  returned: number
  exempt: number
  late: number
}

export interface Period {
  kind: string
  key: string
  label: string
  starts_on: string
  ends_on: string
}

export interface CycleLite {
  id: Id
  form: { id: Id; code: string; name: string; version_id: Id }
  period: Period
  state: 'open' | 'closed'
}

export interface OwnBrief {
  submission_id: Id
  state: SubmissionState
  late: boolean
  filled: number
  total: number
}

export interface CycleBrief extends CycleLite {
  due_at: string
  due: Partial<Record<Tier, string>>
  provisional: boolean
  counts: Counts | null
  own: OwnBrief | null
}

export interface CycleList {
  items: CycleBrief[]
  periods: string[]
}

export interface Contact {
  name: string
  phone: string | null
}

export interface Claim {
  by_name: string
  until: string
  mine: boolean
}

export interface SubmissionBrief {
  id: Id
  unit: UnitRef
  state: SubmissionState
  version: number
  late: boolean
  submitted_at: string | null
  revision_no: number | null
  claimed: Claim | null
  warnings: number
  outliers: number
  contact: Contact | null
  exempt: boolean
}

export interface MissingUnit {
  unit: UnitRef
  state: SubmissionState
  due_at: string
  late: boolean
  contact: Contact | null
}

export interface MissingList {
  items: MissingUnit[]
  text: string
}

// --- jobs, inbox -----------------------------------------------------------------------------

export interface Job {
  id: Id
  state: 'queued' | 'running' | 'done' | 'failed'
  progress: number
  message: string | null
  file: { id: Id; name: string; size: number } | null
}

export type InboxTopic = 'fill' | 'review' | 'returned' | 'reminder' | 'export'

export interface InboxItem {
  id: Id
  membership_id: Id
  unit_name: string
  topic: InboxTopic
  subject_kind: string
  subject_id: Id
  title: string
  due_at: string | null
  late: boolean
  meta: {
    filled?: number
    total?: number
    zero_allowed?: boolean
    period_label?: string
    waiting?: number
    reason?: string
    by_name?: string
    cycle_id?: Id
    file_id?: Id
    file_name?: string
  }
  created_at: string
}

export interface Inbox {
  items: InboxItem[]
  done_count: number
}

export * from './submissionTypes'
