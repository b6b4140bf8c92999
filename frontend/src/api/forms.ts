import { get } from './http'
import type { FormBrief, Id, Page } from './types'

export const listForms = () => get<Page<FormBrief>>('forms')
export const fetchFormVersion = <Definition>(id: Id) =>
  get<{ id: Id; code: string; name: string; version: number; definition: Definition }>(`form-versions/${id}`)
