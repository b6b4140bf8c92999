import { get, post } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type NoticeKind = Schemas['NoticeKind']
export type NoticeBrief = Schemas['NoticeBrief']
export type NoticeOut = Schemas['NoticeOut']
export type Receipt = Schemas['ReceiptOut']
export type NoticeBody = Schemas['NoticeIssueIn']
export type JobPost = Schemas['JobPost']
export const KINDS: readonly NoticeKind[] = ['notice', 'announcement', 'policy', 'job_post']

export interface NoticeQuery { search?: string; kind?: string; unread?: boolean; after?: string | null }
const asked = ({ unread, ...rest }: NoticeQuery) => ({ ...rest, unread: unread ? true : undefined })

export const listReceivedNotices = async (query: NoticeQuery) => get<Schemas['ReceivedNotices']>('notices/received', { query: asked(query) })
/** What one issued oneself stands in the order of its time alone. */
export const listIssuedNotices = async (query: NoticeQuery) => ({ pinned: [] as NoticeBrief[], ...(await get<Schemas['IssuedNotices']>('notices/issued', { query: asked({ ...query, unread: false }) })) })
export const fetchNoticeOf = (id: Id) => get<NoticeOut>(`notices/${id}`)
export const listReceipts = (id: Id) => get<Schemas['ReceiptsOut']>(`notices/${id}/receipts`)
export const issueNotice = (body: NoticeBody, key: string) => post<NoticeOut>('notices', { body, idempotencyKey: key })
export const readNotice = (id: Id, membership?: string) => post<undefined>(`notices/${id}/read`, { membership })
export const noticeCommand = (id: Id, verb: string, body: object | undefined, how: { version: number; key: string }) =>
  post<NoticeOut>(`notices/${id}/${verb}`, { body, ifMatch: how.version, idempotencyKey: how.key })
