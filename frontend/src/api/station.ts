import { get, post, put } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type Station = Schemas['StationOut']
export type Stations = Schemas['StationsOut']
export type StationRow = Schemas['StationRow']
export type Lacking = Schemas['LackingOut']
export type Serving = Schemas['ServingCount']
export type Organisation = Schemas['Organisation']
export type GroupMember = Schemas['GroupMember']
export type GridMember = Schemas['GridMemberOut']
export type GridMemberIn = Schemas['GridMemberIn']
export type Fund = Schemas['FundOut']
export type Given = Schemas['StationIn']['given']

export const fetchStations = (year: number, under?: Id) => get<Stations>('stations', { query: { year, under } })
export const fetchStation = (unit: Id) => get<Station>(`stations/${unit}`)
export const saveStation = (unit: Id, given: Given, how: { version: number; key: string }) =>
  put<Station>(`stations/${unit}`, { body: { given }, ifMatch: how.version, idempotencyKey: how.key })
export const revealGridPhone = (unit: Id, member: Id) => post<{ phone: string | null }>(`stations/${unit}/grid/${member}/phone`)
