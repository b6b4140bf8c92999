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
