import type { FormDefinition } from '@/formula'
import { getKept } from '@/offline/answers'
import { get } from './http'
import type { FormEntry, Id, Page } from './types'

export interface FormVersion {
  id: Id
  form_id: Id
  code: string
  name: string
  version: number
  published_at: string | null
  definition: FormDefinition
}

export const listForms = () => get<Page<FormEntry>>('forms')
export const fetchFormVersion = (id: Id) => getKept<FormVersion>(`form-versions/${id}`, `form-version ${id}`)
