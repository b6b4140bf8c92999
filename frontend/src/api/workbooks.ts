import { download, post } from './http'
import type { Id } from './types'
import type { components } from './schema'

export type WorkbookFound = components['schemas']['WorkbookOut']
export type WorkbookTrouble = components['schemas']['TroubleOut']

export const downloadTemplate = (submission: Id, name: string) => download(`submissions/${submission}/workbook`, name)

/** What a filled workbook says; nothing is stored by asking. */
export function readWorkbook(submission: Id, file: File): Promise<WorkbookFound> {
  const form = new FormData()
  form.append('data', file, file.name)
  return post<WorkbookFound>(`submissions/${submission}/workbook`, { form })
}

export type PastPreview = components['schemas']['PastPreview']
export interface PastHow {
  period?: string
  mapping: Record<string, string>
  partial: boolean
}

export const downloadPastTemplate = (form: Id, first: string, last: string, name: string) =>
  download(`forms/${form}/past-years/template?first=${first}&last=${last}`, name)
export function uploadPast(form: Id, file: File): Promise<PastPreview> {
  const data = new FormData()
  data.append('data', file, file.name)
  return post<PastPreview>(`forms/${form}/past-years`, { form: data })
}
export const previewPast = (form: Id, file: Id, how: PastHow) => post<PastPreview>(`forms/${form}/past-years/${file}/preview`, { body: how })
export const importPast = (form: Id, file: Id, how: PastHow) => post<{ job_id: Id }>(`forms/${form}/past-years/${file}/import`, { body: how })
