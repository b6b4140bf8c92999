import { download, get } from './http'
import type { components } from './schema'
import type { Basis, Id } from './types'

type Schemas = components['schemas']
export type Comparison = Schemas['ComparisonOut']
export type ComparedRow = Schemas['ComparedRow']
export type UnitNote = Schemas['UnitNote']
export type Periods = Schemas['PeriodsOut']
export type SeriesRow = Schemas['SeriesRow']
/** By which tree the past is read: that of each period, or today's. */
export type Units = 'then' | 'now'

export interface Asked {
  unit?: string
  basis: Basis
  units: Units
}
const query = (asked: Asked) => ({ unit_id: asked.unit, basis: asked.basis, units: asked.units })

export const fetchComparison = (cycle: Id, asked: Asked) => get<Comparison>(`cycles/${cycle}/comparison`, { query: query(asked) })
export const fetchPeriods = (cycle: Id, asked: Asked, count: number, fields: readonly string[]) =>
  get<Periods>(`cycles/${cycle}/periods`, { query: { ...query(asked), count, fields: fields.join(',') } })

export type Statement = Schemas['StatementOut']
export type StatementText = Schemas['StatementIn']
export const fetchStatement = (cycle: Id, unit: string | undefined, basis: Basis, fields: readonly string[]) =>
  get<Statement>(`cycles/${cycle}/statement`, { query: { unit_id: unit, basis, fields: fields.join(',') } })
export const downloadStatement = (cycle: Id, text: StatementText) => download(`cycles/${cycle}/statement/document`, `${text.title}.docx`, text)
