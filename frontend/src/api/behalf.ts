import { download, post } from './http'
import type { components } from './schema'
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

/** 代报 in one workbook of villages × fields: down, what a filled one says, and handing in what was picked of it. */
export type BehalfBook = components['schemas']['BehalfBookOut']
export type BookLine = BehalfBook['lines'][number]
export type BookFilled = components['schemas']['BulkOut']

export const downloadBook = (cycle: Id, name: string) => download(`cycles/${cycle}/behalf-book`, name)
export function readBook(cycle: Id, file: File): Promise<BehalfBook> {
  const form = new FormData()
  form.append('data', file, file.name)
  return post<BehalfBook>(`cycles/${cycle}/behalf-book`, { form })
}
export const fillMany = (cycle: Id, lines: BookLine[]) => post<BookFilled>(`cycles/${cycle}/behalf`, {
  body: { lines: lines.map(({ submission_id, version, basis, zero, cells, reasons }) => ({ submission_id, version, basis, zero, cells, reasons })) },
})
