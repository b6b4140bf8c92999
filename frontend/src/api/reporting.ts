import { getKept, recallSubmission, unreachable } from '@/offline/answers'
import { actingMembership, get, patch, post } from './http'
import type {
  Basis, CycleBrief, CyclePage, DoneItem, DraftEdit, DraftSaved, HistoryEntry, Id, Inbox, Job, MissingPage, Page, Revision,
  RevisionBrief, Rollup, RowListing, Submission, SubmissionBrief, Submitted, Trend,
} from './types'
import { randomUuid } from '@/lib/ids'
import type { components } from './schema'

/** What became of each of several: done, or refused with a word why. */
export type BulkOut = components['schemas']['BulkOut']

export const fetchInbox = () => getKept<Inbox>('inbox', `inbox ${actingMembership()}`)
export const listDone = ({ search, month, kinds, after }: { search: string; month?: string; kinds: readonly string[]; after: string | null }) =>
  get<{ items: DoneItem[]; next: string | null }>('inbox/done', { query: { search, month, after, kind: kinds } })
export const listCycles = (period?: string) => getKept<CyclePage>('cycles', `cycles ${actingMembership()} ${period ?? ''}`, { query: { period } })
export const fetchCycle = (id: Id) => get<CycleBrief>(`cycles/${id}`)
export const listSubmissions = (cycle: Id, parent?: Id) =>
  get<Page<SubmissionBrief>>(`cycles/${cycle}/submissions`, { query: { parent_id: parent } })
export const listMissing = (cycle: Id) => get<MissingPage>(`cycles/${cycle}/missing`)
export const remind = (cycle: Id, unitIds: Id[] | null) =>
  post<{ reminded: number }>(`cycles/${cycle}/reminders`, { body: { unit_ids: unitIds }, idempotencyKey: randomUuid() })
export const approveMany = (cycle: Id, submissions: { id: Id; version: number }[]) =>
  post<BulkOut>(`cycles/${cycle}/approvals`, {
    body: { submissions },
    idempotencyKey: randomUuid(),
  })

export const fetchSubmission = (id: Id, membership?: string) => get<Submission>(`submissions/${id}`, { membership })
/** As the server has it; where it can't be reached, as this browser kept it. */
export async function fetchOrRecall(id: Id): Promise<Submission> {
  try {
    return await fetchSubmission(id)
  } catch (error) {
    const kept = unreachable(error) ? await recallSubmission(id) : undefined
    if (kept === undefined) throw error
    return kept
  }
}
export const saveDraft = (id: Id, body: DraftEdit) => patch<DraftSaved>(`submissions/${id}/draft`, { body })

export interface Command {
  version: number
  /** The same key on a repeat after a lost answer: the server then acts once. */
  key?: string
  membership?: string
}

export type Verb =
  | 'recall' | 'claim' | 'release' | 'approve' | 'return' | 'correct' | 'abandon'
  | 'prepare' | 'check' | 'sign' | 'decline' | 'withdraw'
  | 'object' | 'answer' | 'return-through' | 'extend' | 'exempt' | 'require' | 'reopen' | 'reclose'

export interface HandIn {
  zero?: boolean
  missing_reason?: string
  reasons?: Record<string, string>
}

const commanded = ({ version, key, membership }: Command) =>
  ({ ifMatch: version, idempotencyKey: key ?? randomUuid(), membership })

export const submit = (id: Id, body: HandIn, how: Command) =>
  post<Submitted>(`submissions/${id}/submit`, { body, ...commanded(how) })
export const command = (id: Id, verb: Verb, body: Record<string, unknown>, how: Command) =>
  post<Submission>(`submissions/${id}/${verb}`, { body, ...commanded(how) })

/** The same submission with personal values in the clear; the reason goes on record. */
export const unmask = (id: Id, reason: string) => post<Submission>(`submissions/${id}/unmask`, { body: { reason } })

export const listRevisions = (id: Id) => get<Page<RevisionBrief>>(`submissions/${id}/revisions`)
export const fetchRevision = (id: Id) => get<Revision>(`revisions/${id}`)
export const listHistory = (id: Id) => get<Page<HistoryEntry>>(`submissions/${id}/history`)

export const fetchRollup = (cycle: Id, unit: Id | undefined) => get<Rollup>(`cycles/${cycle}/rollup`, { query: { unit_id: unit } })
export const fetchRollupRows = (cycle: Id, table: string, unit: Id | undefined) =>
  get<Page<RowListing> & { table: string }>(`cycles/${cycle}/rows`, { query: { table, unit_id: unit } })
export const fetchTrend = (form: Id, unit: Id | undefined, fields: string[]) =>
  get<Trend>(`forms/${form}/trend`, { query: { unit_id: unit, fields: fields.join(',') } })

export type ExportKind = 'official' | 'detail' | 'csv' | 'periods' | 'completeness'
export const startExport = (cycle: Id, unit: Id | undefined, basis: Basis, kind: ExportKind) =>
  post<{ job_id: Id }>(`cycles/${cycle}/exports`, { body: { kind, unit_id: unit, basis }, idempotencyKey: randomUuid() })
export const fetchJob = (id: Id) => get<Job>(`jobs/${id}`)
