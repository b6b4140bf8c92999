import { fetchBlob, get, post, put } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type TrainingKind = Schemas['TrainingKind']
export type TrainingState = Schemas['TrainingState']
export type PlaceState = Schemas['PlaceState']
export type TrainingBrief = Schemas['TrainingBrief']
export type Training = Schemas['TrainingOut']
export type TrainingSession = Schemas['TrainingSessionOut']
export type Place = Schemas['PlaceOut']
export type Invitation = Schemas['InvitationOut']
export type AnnounceBody = Schemas['AnnounceIn']
export type CheckIn = Schemas['CheckInOut']
export type RecordBody = Schemas['RecordIn']
export type PersonHours = Schemas['PersonHoursOut']
export type UnitHours = Schemas['UnitHoursOut']
export type StaffMember = Schemas['StaffOut']
export type StaffKind = Schemas['StaffKind']
export type Roster = Schemas['RosterOut']
export type PledgeYear = Schemas['PledgePage']
export type PledgeLine = Schemas['PledgeLine']
export type Pledge = Schemas['PledgeOut']
export interface TrainingPage { items: TrainingBrief[]; next: string | null }

export const listTrainings = (which: 'received' | 'issued', search: string, after: string | null) =>
  get<TrainingPage>(`trainings/${which}`, { query: { search, after } })
export const fetchTraining = (id: Id) => get<Training>(`trainings/${id}`)
export const listPlaces = (id: Id) => get<{ items: Place[] }>(`trainings/${id}/places`)
export const listInvitations = (id: Id) => get<{ items: Invitation[] }>(`trainings/${id}/invitations`)
export const announceTraining = (body: AnnounceBody, key: string) => post<Training>('trainings', { body, idempotencyKey: key })
export const recordStudy = (body: Schemas['StudiedIn'], key: string) => post<Training>('trainings/own', { body, idempotencyKey: key })
export const putMaterials = (id: Id, version: number, files: Id[]) => put<Training>(`trainings/${id}/materials`, { body: { file_ids: files }, ifMatch: version })
export const trainingCommand = (id: Id, verb: string, version: number, body: object = {}) =>
  post<Training>(`trainings/${id}/${verb}`, { body, ifMatch: version })
export const declineTraining = (id: Id, reason: string) => post<Training>(`trainings/${id}/decline`, { body: { reason } })
export const sessionCommand = (id: Id, verb: 'sign-up' | 'add', staff: Id[]) => post<undefined>(`training-sessions/${id}/${verb}`, { body: { staff_ids: staff } })
export const markAttendance = (id: Id, places: Id[], present: boolean) => post<undefined>(`training-sessions/${id}/attendance`, { body: { place_ids: places, present } })
export const placeCommand = (place: Pick<Place, 'id' | 'version'>, verb: 'withdraw' | 'move' | 'record', body: object = {}) =>
  post<undefined>(`training-places/${place.id}/${verb}`, { body, ifMatch: place.version })
export const fetchCode = (session: Id) => get<Schemas['CheckInCodeOut']>(`training-sessions/${session}/code`)
export const checkIn = (session: Id, code: string, staff: Id | null) => post<CheckIn>('trainings/check-in', { body: { session_id: session, code, staff_id: staff } })

export const fetchHours = (year: number, query: { unit_id?: string; below?: boolean; without?: string }) =>
  get<{ year: number; items: PersonHours[]; total: string }>('staff-hours', { query: { year, ...query } })
export const fetchUnitHours = (year: number) => get<{ year: number; items: UnitHours[]; total: string }>('staff-hours/units', { query: { year } })
export const fetchPersonHours = (id: Id) => get<Schemas['PersonOut']>(`staff-hours/${id}`)

export const fetchRoster = (unit?: string) => get<Roster>('staff', { query: { unit_id: unit } })
export const findStaff = (search: string) => get<{ items: Schemas['StaffBrief'][] }>('staff/found', { query: { search } })
export const addStaff = (body: Schemas['StaffAddIn'], key: string) => post<Schemas['StaffPage']>('staff', { body, idempotencyKey: key })
export const changeStaff = (one: Pick<StaffMember, 'id' | 'version'>, body: Schemas['StaffIn']) => put<Schemas['StaffPage']>(`staff/${one.id}`, { body, ifMatch: one.version })
export const staffCommand = (one: Pick<StaffMember, 'id' | 'version'>, verb: 'leave' | 'come-back', body: object = {}) =>
  post<Schemas['StaffPage']>(`staff/${one.id}/${verb}`, { body, ifMatch: one.version })
export const revealStaffPhone = (id: Id) => post<{ phone: string | null }>(`staff/${id}/phone`)

export const fetchPledges = (year: number, below: boolean) => get<PledgeYear>('pledges', { query: { year, below } })
export const issuePledge = (body: Schemas['PledgeTextIn'], key: string) => post<PledgeYear>('pledges/texts', { body, idempotencyKey: key })
export const signPledge = (body: Schemas['PledgeSignIn'], key: string) => post<Pledge>('pledges', { body, idempotencyKey: key })
export const fetchPledge = (id: Id) => get<Pledge>(`pledges/${id}`)
export const voidPledge = (id: Id, reason: string, key: string) => post<Pledge>(`pledges/${id}/void`, { body: { reason }, idempotencyKey: key })
export const fetchSignature = (id: Id) => fetchBlob(`pledges/${id}/signature`)

/** Files that go down with a document. */
export const listEnclosures = (kind: string, id: Id) => get<{ items: Schemas['EnclosureOut'][] }>('enclosures', { query: { subject_kind: kind, subject_id: id } })
