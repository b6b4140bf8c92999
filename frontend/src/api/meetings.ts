import { get, post, put } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type Meeting = Schemas['MeetingOut']
export type MeetingBrief = Schemas['MeetingBrief']
export type MeetingKind = Schemas['MeetingKind']
export type MeetingState = Schemas['MeetingState']
export type ReplyState = Schemas['ReplyState']
export type MeetingAction = Schemas['MeetingAction']
export type CallIn = Schemas['CallIn']
export type DecisionIn = Schemas['DecisionIn']
export type Follow = Schemas['FollowOut']
export type Visit = Schemas['VisitOut']
export type VisitBrief = Schemas['VisitBrief']
export type VisitKind = Schemas['VisitKind']
export type VisitAction = Schemas['VisitAction']
export type RecordVisitIn = Schemas['RecordVisitIn']
export type VisitedUnits = Schemas['VisitedUnits']
export const KINDS: readonly MeetingKind[] = ['regular', 'joint', 'report', 'forum', 'exchange', 'other']
export interface How { version: number; key: string }

export const listMeetings = (query: { side: string; search?: string; after?: string | null }) => get<Schemas['MeetingPage']>('meetings', { query })
export const fetchMeeting = (id: Id) => get<Meeting>(`meetings/${id}`)
export const fetchRooms = () => get<Schemas['RoomsOut']>('meetings/rooms')
export const callMeeting = (body: CallIn, key: string) => post<Meeting>('meetings', { body, idempotencyKey: key })
export const actOnMeeting = (id: Id, action: MeetingAction, text: string, how: How) => post<Meeting>(`meetings/${id}/acts`, { body: { action, text }, ifMatch: how.version, idempotencyKey: how.key })
export const amendMeeting = (id: Id, body: Schemas['AmendMeetingIn'], how: How) => put<Meeting>(`meetings/${id}`, { body, ifMatch: how.version, idempotencyKey: how.key })
export const replyTo = (id: Id, body: { names: string; leave_reason: string }) => post<Meeting>(`meetings/${id}/reply`, { body })
export const joinMeeting = (id: Id) => post<Schemas['JoinOut']>(`meetings/${id}/join`, {})
export const writeMinutes = (id: Id, body: { text: string; decisions: DecisionIn[]; file_ids: Id[] }, how: How) => put<Meeting>(`meetings/${id}/minutes`, { body, ifMatch: how.version, idempotencyKey: how.key })
export const markPresent = (id: Id, unit_ids: Id[], how: How) => put<Meeting>(`meetings/${id}/attendance`, { body: { unit_ids }, ifMatch: how.version, idempotencyKey: how.key })
export const decisionTask = (id: Id, body: { due_on: string | null; unit_ids: Id[] | null }, key: string) => post<Meeting>(`meeting-decisions/${id}/task`, { body, idempotencyKey: key })

export const listVisits = (query: { kind?: VisitKind; search?: string; after?: string | null }) => get<Schemas['VisitPage']>('visits', { query })
export const fetchVisit = (id: Id) => get<Visit>(`visits/${id}`)
export const fetchVisited = (query: { year: number; tier?: string; anybody?: boolean }) => get<VisitedUnits>('visits/units', { query })
export const recordVisit = (body: RecordVisitIn, key: string) => post<Visit>('visits', { body, idempotencyKey: key })
export const actOnVisit = (id: Id, action: VisitAction, text: string, how: How) => post<Visit>(`visits/${id}/acts`, { body: { action, text }, ifMatch: how.version, idempotencyKey: how.key })
export const findingTask = (id: Id, due_on: string | null, key: string) => post<Visit>(`visit-findings/${id}/task`, { body: { due_on }, idempotencyKey: key })
