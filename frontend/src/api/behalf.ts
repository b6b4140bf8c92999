import { post } from './http'
import type { Id, RowTables, Submission } from './types'
import { randomUuid } from '@/lib/ids'

/** 代报、代改: what a superior does for a unit; 异议 and the draft that was put aside, which are the unit's own. */
export interface FillFor {
  basis: string
  zero?: boolean
  cells?: Record<string, string | null>
  rows?: RowTables
  reasons?: Record<string, string>
}
export interface Mend {
  basis: string
  edits: { code: string; before: string | null; after: string | null }[]
  reasons?: Record<string, string>
}

const commanded = (version: number) => ({ ifMatch: version, idempotencyKey: randomUuid() })

/** The sheet in the clear; that it was opened goes on record. */
export const behalfSheet = (id: Id, action: 'fill_for' | 'mend') => post<Submission>(`submissions/${id}/behalf-sheet`, { body: { action } })
export const fillFor = (id: Id, version: number, body: FillFor) => post<Submission>(`submissions/${id}/fill-for`, { body, ...commanded(version) })
export const mend = (id: Id, version: number, body: Mend) => post<Submission>(`submissions/${id}/mend`, { body, ...commanded(version) })
export const settleAside = (id: Id, what: 'take-up' | 'discard') => post<Submission>(`submissions/${id}/aside/${what}`, { body: {} })
