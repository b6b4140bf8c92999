import { get, post, put } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type Plan = Schemas['WorkPlanOut']
export type PlanItem = Schemas['PlanItemOut']
export type PlanLine = Schemas['PlanLineOut']
export type PlanLineBody = Schemas['PlanLineIn']
export type PlanState = Schemas['PlanState']
export type PlanStanding = Schemas['ItemStanding']
export type PlanAction = Schemas['PlanAction']
export type ItemAction = Schemas['ItemAction']
export type PlanChange = Plan['editions'][number]['changes'][number]
export type PlanOverview = Schemas['OverviewOut']
export type PlanRow = Schemas['UnitRow']
export type OwnYear = Schemas['OwnYearOut']
export type PlanStart = 'blank' | 'last_year' | 'emphases'
export type PlanPeriod = Schemas['SummaryPeriod']
export type PlanSummary = Schemas['PlanSummaryOut']
export type SummaryAction = Schemas['SummaryAction']
export type TakenUp = Schemas['TakenUpOut']
export type PlansSummary = Schemas['PlansSummaryOut']
export const PERIODS: readonly PlanPeriod[] = ['q1', 'q2', 'q3', 'q4', 'year']

interface How { version: number; key: string }
const told = (body: object, how: How) => ({ body, ifMatch: how.version, idempotencyKey: how.key })

export const fetchOwnYear = (year: number) => get<OwnYear>('plans/own', { query: { year } })
export const fetchPlanOverview = (year: number, unit?: Id) => get<PlanOverview>('plans/overview', { query: { year, unit_id: unit } })
export const fetchPlansSummary = (year?: number) => get<PlansSummary>('plans/summary', { query: { year } })
export const fetchPlan = (id: Id) => get<Plan>(`plans/${id}`)
export const beginPlan = (body: { year: number; start: PlanStart }, key: string) => post<Plan>('plans', { body, idempotencyKey: key })
export const savePlan = (id: Id, items: PlanLineBody[], how: How) => put<Plan>(`plans/${id}/draft`, told({ items }, how))
export const actOnPlan = (id: Id, action: PlanAction, text: string, how: How) => post<Plan>(`plans/${id}/acts`, told({ action, text }, how))
export const actOnItem = (id: Id, body: Schemas['ItemActIn'], how: How) => post<Plan>(`plan-items/${id}/acts`, told(body, how))
export const beginSummary = (plan: Id, period: PlanPeriod, key: string) => post<PlanSummary>(`plans/${plan}/summaries`, { body: { period }, ifMatch: 0, idempotencyKey: key })
export const fetchSummary = (id: Id) => get<PlanSummary>(`plan-summaries/${id}`)
export const saveSummary = (id: Id, body: Schemas['SummaryIn'], how: How) => put<PlanSummary>(`plan-summaries/${id}`, told(body, how))
export const actOnSummary = (id: Id, action: SummaryAction, text: string, how: How) => post<PlanSummary>(`plan-summaries/${id}/acts`, told({ action, text }, how))
export const fetchTakenUp = (plan: Id) => get<TakenUp>(`plans/${plan}/taken-up`)
