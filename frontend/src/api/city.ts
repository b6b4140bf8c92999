import { del, get, post, put } from './http'
import type { Id } from './types'
import type { components } from './schema'

/** 套表: the city's own workbooks. */
export type CitySheet = components['schemas']['CitySheetOut']
export type CityTarget = CitySheet['targets'][number]
export type CityBlock = Extract<CityTarget, { kind: 'block' }>
export type CityFigure = Extract<CityTarget, { kind: 'figure' }>
export type CityPage = CitySheet['pages'][number]
export type CityCell = CityPage['cells'][number]
export type CityForm = CitySheet['forms'][number]
export type CitySheets = components['schemas']['CitySheetPage']
type Brief = components['schemas']['CitySheetBrief']

export const listCitySheets = () => get<CitySheets>('city-sheets')
export const fetchCitySheet = (id: Id) => get<CitySheet>(`city-sheets/${id}`)
export function addCitySheet(file: File, title: string): Promise<Brief> {
  const data = new FormData()
  data.append('data', file, file.name)
  return post<Brief>('city-sheets', { form: data, query: title ? { title } : {} })
}
export const mapCitySheet = (id: Id, version: number, targets: CityTarget[]) => put<Brief>(`city-sheets/${id}/targets`, { body: { targets }, ifMatch: version })
export const proposeTargets = (id: Id, body: { sheet: string; form_id: Id; basis: string; span: string }) =>
  post<components['schemas']['ProposedOut']>(`city-sheets/${id}/proposals`, { body })
export const listCityProblems = (id: Id, period: string) => get<components['schemas']['CityProblemPage']>(`city-sheets/${id}/problems`, { query: { period } })
export const fillCitySheet = (id: Id, period: string, partial: boolean) => post<{ job_id: Id }>(`city-sheets/${id}/fill`, { body: { period, partial } })
export const removeCitySheet = (id: Id) => del<undefined>(`city-sheets/${id}`)
