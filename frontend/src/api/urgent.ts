import { get, post } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type UrgentKind = Schemas['UrgentKind']
export type Matter = Schemas['UrgentOut']
export type MatterBrief = Schemas['UrgentBrief']
export type UrgentAction = Schemas['UrgentAction']
export type UrgentBody = Schemas['ReportIn']
export const KINDS: readonly UrgentKind[] = ['gathering', 'extreme', 'misfortune', 'disaster', 'other']

export const listMatters = (everything: boolean, after?: string | null) =>
  get<Schemas['UrgentPage']>('urgent-matters', { query: { everything: everything ? true : undefined, after } })
export const fetchMatter = (id: Id) => get<Matter>(`urgent-matters/${id}`)
export const reportMatter = (body: UrgentBody, key: string, membership: Id) => post<Matter>('urgent-matters', { body, idempotencyKey: key, membership })
export const actOnMatter = (id: Id, action: UrgentAction, text: string, how: { version: number; key: string }) =>
  post<Matter>(`urgent-matters/${id}/acts`, { body: { action, text }, ifMatch: how.version, idempotencyKey: how.key })
