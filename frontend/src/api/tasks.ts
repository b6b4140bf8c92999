import { get, post, put, del } from './http'
import type { BulkOut } from './reporting'
import type { components } from './schema'
import type { Id } from './types'
import { randomUuid } from '@/lib/ids'

type Schemas = components['schemas']
export type TaskKind = Schemas['TaskKind']
export type Priority = Schemas['Priority']
export type TaskState = Schemas['TaskState']
export type ShareState = Schemas['AssignmentState']
export type Progress = Omit<Schemas['Progress'], 'by_state'> & { by_state: Record<ShareState, number> }
type With<Wide> = Omit<Wide, 'progress'> & { progress: Progress }
export type TaskBrief = With<Schemas['TaskBrief']>
export type Share = Omit<Schemas['ShareOut'], 'below'> & { below: Progress | null }
export type Task = Omit<Schemas['TaskOut'], 'progress' | 'shares' | 'own'> & { progress: Progress; shares: Share[]; own: Share | null }
export type Assignment = Omit<Schemas['AssignmentOut'], 'task' | 'share'> & { task: TaskBrief; share: Share }
export type Amendment = Schemas['AmendmentOut']
export type ShareEvent = Schemas['EventOut']
export type Choice = Schemas['ChoiceIn']
export type Preview = Schemas['PreviewOut']
export type AddressBook = Schemas['AddressBook']
export type Notice = Schemas['NoticeGivenOut']
export type NoticeRecord = Schemas['NoticeRecordOut']
export type Deadlines = Schemas['DeadlinesOut']
export type IssueBody = Omit<Schemas['IssueIn'], 'file_ids'> & { file_ids?: Id[] }
export interface ReceivedLine { task: TaskBrief; share: Share }
export interface TaskPage { items: TaskBrief[]; next: string | null }
export interface ReceivedPage { items: ReceivedLine[]; next: string | null }

export interface ListQuery {
  search?: string
  month?: string
  everything?: boolean
  after?: string | null
}

const asked = ({ search, month, everything, after }: ListQuery) => ({ search, month, after, everything: everything ? true : undefined })
export const listIssued = (query: ListQuery) => get<TaskPage>('tasks/issued', { query: asked(query) })
export const listReceived = (query: ListQuery) => get<ReceivedPage>('tasks/received', { query: asked(query) })
export const fetchSummary = () => get<Schemas['SummaryOut']>('tasks/summary')
export const fetchNoticeRecord = (year: number) => get<NoticeRecord>('tasks/notice-record', { query: { year } })
export const fetchDeadlines = () => get<Deadlines>('tasks/deadlines')
export const fetchNotice = (due: string, of: Id | null = null) => post<Notice>('tasks/notice', { body: { due_at: due, task_id: of } })
export const fetchTask = (id: Id) => get<Task>(`tasks/${id}`)
export const fetchAssignment = (id: Id) => get<Assignment>(`assignments/${id}`)
export const listShares = (id: Id) => get<{ items: Share[] }>(`assignments/${id}/shares`)

export const fetchAddressBook = () => get<AddressBook>('addressees')
export const previewChoice = (to: Choice[]) => post<Preview>('addressees/preview', { body: { to } })
export const makeGroup = (name: string, unitIds: Id[]) =>
  post<AddressBook>('addressees/groups', { body: { name, unit_ids: unitIds }, idempotencyKey: randomUuid() })
export const changeGroup = (id: Id, version: number, name: string, unitIds: Id[]) =>
  put<AddressBook>(`addressees/groups/${id}`, { body: { name, unit_ids: unitIds }, ifMatch: version, idempotencyKey: randomUuid() })
export const dropGroup = (id: Id, version: number) => del<undefined>(`addressees/groups/${id}`, { ifMatch: version, idempotencyKey: randomUuid() })

/** Which version a command is meant for, and the key under which it is carried out once. */
interface How { version: number; key: string }
export const issueTask = (body: IssueBody, key: string) => post<Task>('tasks', { body, idempotencyKey: key })
export const taskCommand = (id: Id, verb: string, body: object, how: How) =>
  post<Task>(`tasks/${id}/${verb}`, { body, ifMatch: how.version, idempotencyKey: how.key })
export const shareCommand = (id: Id, verb: string, body: object, how: How) =>
  post<Assignment>(`assignments/${id}/${verb}`, { body, ifMatch: how.version, idempotencyKey: how.key })
export const giveToSection = (id: Id, section: Id | null, how: How) =>
  post<undefined>(`assignments/${id}/section`, { body: { section_id: section }, ifMatch: how.version, idempotencyKey: how.key })
export const acceptMany = (task: Id, shares: { id: Id; version: number }[]) =>
  post<BulkOut>(`tasks/${task}/acceptances`, { body: { shares }, idempotencyKey: randomUuid() })
export const extendMany = (task: Id, shares: { id: Id; version: number }[], until: string, reason: string) =>
  post<BulkOut>(`tasks/${task}/extensions`, { body: { shares, until, reason }, idempotencyKey: randomUuid() })
export const putTag = (tag: string, unitIds: Id[]) => put<AddressBook>('addressees/tags', { body: { tag, unit_ids: unitIds } })
export const urge = (task: Id, assignments: Id[] | null) =>
  post<{ urged: number }>(`tasks/${task}/urge`, { body: { assignment_ids: assignments }, idempotencyKey: randomUuid() })
