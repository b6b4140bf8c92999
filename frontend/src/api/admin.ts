import { get, post, put } from './http'
import type { Account, AccountSlip, AdminKind, AuditEntry, Id, NewPerson, NewUnit, Page, Role, Unit, UnitHistory } from './types'
import { randomUuid } from '@/lib/ids'

export interface Dated {
  effective_on: string
  reason: string
}

const command = <T>(path: string, body: unknown) => post<T>(path, { body, idempotencyKey: randomUuid() })

export const listUnits = (asOf?: string) => get<Page<Unit>>('units', { query: { as_of: asOf } })
export const addUnit = (unit: NewUnit, dated: Dated) => command<{ ids: Id[] }>('units', { unit, ...dated })
export const renameUnit = (id: Id, body: Dated & { name: string; short_name: string }) => command<undefined>(`units/${id}/rename`, body)
export const moveUnit = (id: Id, body: Dated & { parent_id: Id }) => command<undefined>(`units/${id}/move`, body)
export const deactivateUnit = (id: Id, body: Dated) => command<undefined>(`units/${id}/deactivate`, body)
export const mergeUnits = (body: Dated & { unit_ids: Id[]; into_unit_id: Id }) => command<{ ids: Id[] }>('units/merge', body)
export const splitUnit = (id: Id, body: Dated & { parts: { unit: NewUnit; children: Id[] }[] }) =>
  command<{ ids: Id[] }>(`units/${id}/split`, body)
export const importUnits = (file: File) => {
  const form = new FormData()
  form.append('file', file)
  return post<{ added: number }>('units/import', { form, idempotencyKey: randomUuid() })
}
export const unitHistory = (id: Id) => get<UnitHistory>(`units/${id}/history`)

export const listAccounts = (unit: Id | undefined) => get<Page<Account>>('accounts', { query: { unit_id: unit } })
export const createAccounts = (unit: Id, people: NewPerson[]) =>
  command<{ items: AccountSlip[] }>('accounts', { unit_id: unit, people })
export const issueResetCode = (id: Id) => post<{ code: string; expires_at: string }>(`accounts/${id}/reset-code`)
export const unlockAccount = (id: Id) => post<undefined>(`accounts/${id}/unlock`)
export const setActive = (id: Id, active: boolean) => post<undefined>(`accounts/${id}/active`, { body: { active } })
export const setRoles = (membership: Id, roles: Role[], adminKind: AdminKind | null) =>
  put<undefined>(`memberships/${membership}/roles`, { body: { roles, admin_kind: adminKind } })

export const listAudit = (after?: string) => get<Page<AuditEntry>>('audit', { query: { after } })
