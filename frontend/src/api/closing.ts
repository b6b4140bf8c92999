import { get, post } from './http'
import type { Archive, ArchiveBrief, CycleBrief, Id, Page, ReasonLine, ReportUp, RevisionChanges } from './types'
import { randomUuid } from '@/lib/ids'

/** What comes after approval: closing, archives, reasons, what revisions changed. */
const commanded = (version: number) => ({ ifMatch: version, idempotencyKey: randomUuid() })

export const closeCycle = (cycle: Id, version: number) => post<CycleBrief>(`cycles/${cycle}/close`, { body: {}, ...commanded(version) })
export const uncloseCycle = (cycle: Id, version: number, reason: string) =>
  post<CycleBrief>(`cycles/${cycle}/unclose`, { body: { reason }, ...commanded(version) })
export const reportUp = (cycle: Id, version: number, body: ReportUp) =>
  post<{ archive_id: Id | null }>(`cycles/${cycle}/archives`, { body, ...commanded(version) })
export const listArchives = (cycle: Id) => get<Page<ArchiveBrief>>(`cycles/${cycle}/archives`)
export const fetchArchive = (id: Id) => get<Archive>(`archives/${id}`)
export const listReasons = (cycle: Id, unit: Id | undefined) => get<Page<ReasonLine>>(`cycles/${cycle}/reasons`, { query: { unit_id: unit } })
export const listChanges = (submission: Id) => get<Page<RevisionChanges>>(`submissions/${submission}/changes`)
export const settleItem = (item: Id, membership: string) => post<undefined>(`inbox/${item}/done`, { membership })
