import { get, post, put } from './http'
import type { Account, AccountSlip, AuditEntry, Id, NewPerson, Page, Role, Tier, Unit, UnitChange } from './types'
import { randomUuid } from '@/lib/ids'

export const listUnits = (asOf?: string) => get<Page<Unit>>('units', { query: { as_of: asOf } })

export interface NewUnit {
  tier: Tier
  code: string
  name: string
  short_name: string
  parent_id: Id
  effective_on: string
}

export const createUnit = (body: NewUnit) => post<Unit>('units', { body, idempotencyKey: randomUuid() })
export const changeUnit = (id: Id, verb: 'rename' | 'move' | 'deactivate', body: Record<string, string>) =>
  post<undefined>(`units/${id}/${verb}`, { body, idempotencyKey: randomUuid() })
export const mergeUnits = (body: { source_ids: Id[]; into_id: Id; effective_on: string }) =>
  post<undefined>('units/merge', { body, idempotencyKey: randomUuid() })
export const splitUnit = (body: { source_id: Id; into: Omit<NewUnit, 'tier' | 'parent_id' | 'effective_on'>[]; effective_on: string }) =>
  post<undefined>('units/split', { body, idempotencyKey: randomUuid() })
export const importUnits = (file: File) => {
  const form = new FormData()
  form.append('file', file)
  return post<{ created: number }>('units/import', { form, idempotencyKey: randomUuid() })
}
export const unitHistory = (id: Id) => get<Page<UnitChange>>(`units/${id}/history`)

export const listAccounts = (unit: Id) => get<Page<Account>>('accounts', { query: { unit_id: unit } })
export const createAccounts = (unit: Id, people: NewPerson[]) =>
  post<{ items: AccountSlip[] }>('accounts', { body: { unit_id: unit, people }, idempotencyKey: randomUuid() })
export const issueResetCode = (id: Id) => post<{ code: string; expires_at: string }>(`accounts/${id}/reset-code`)
export const unlockAccount = (id: Id) => post<undefined>(`accounts/${id}/unlock`)
export const setRoles = (membership: Id, roles: Role[]) => put<undefined>(`memberships/${membership}/roles`, { body: { roles } })

export const listAudit = (cursor?: string) => get<Page<AuditEntry>>('audit', { query: { cursor } })
