import { get, post } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type RequestKind = Schemas['RequestKind']
export type RequestState = Schemas['RequestState']
export type RequestBrief = Schemas['RequestBrief']
export type CoordinationRequest = Schemas['RequestOut']
export type RequestAction = Schemas['Action']
export type RequestSide = 'raised' | 'handled' | 'all'
export interface RequestPage { items: RequestBrief[]; next: string | null }
export const KINDS: readonly RequestKind[] = ['difficulty', 'opinion', 'policy', 'other']

export interface RequestQuery {
  side?: RequestSide
  search?: string
  everything?: boolean
  submission?: Id
  after?: string | null
}

export const listRequests = ({ side, search, everything, submission, after }: RequestQuery) =>
  get<RequestPage>('coordination-requests', { query: { side, search, after, everything: everything ? true : undefined, submission_id: submission } })
export const fetchRequest = (id: Id) => get<CoordinationRequest>(`coordination-requests/${id}`)
export const raiseRequest = (body: { kind: RequestKind; title: string; text: string }, key: string) =>
  post<CoordinationRequest>('coordination-requests', { body, idempotencyKey: key })
export const raiseFromReport = (submission: Id, field: string, key: string) =>
  post<CoordinationRequest>('coordination-requests/from-report', { body: { submission_id: submission, field }, idempotencyKey: key })
export const actOn = (id: Id, action: RequestAction, text: string, how: { version: number; key: string }) =>
  post<CoordinationRequest>(`coordination-requests/${id}/acts`, { body: { action, text }, ifMatch: how.version, idempotencyKey: how.key })
