import { get, post, put } from './http'
import type { Id, Month, UnitContact } from './types'
import { randomUuid } from '@/lib/ids'

export interface MonthQuestion { period?: string; parent?: Id; everything?: boolean }

export const fetchMonth = ({ period, parent, everything }: MonthQuestion) =>
  get<Month>('month', { query: { period, parent_id: parent, everything } })

export const fetchContact = (unit: Id) => get<UnitContact>(`units/${unit}/contact`)
/** A number left out stays as it is; an empty one is taken away. */
export const saveContact = (unit: Id, version: number, body: { name: string; phone?: string; officer?: string }) =>
  put<UnitContact>(`units/${unit}/contact`, { body, ifMatch: version, idempotencyKey: randomUuid() })
/** The number itself; that it was looked at goes on record. */
export const revealPhone = (unit: Id) => post<{ phone: string | null }>(`units/${unit}/contact/reveal`)
