import { PERIODS, type PlanLineBody, type PlanPeriod, type PlanStanding, type PlanState, type PlanSummary } from '@/api/plans'
import type { Tone } from '@/components/ui/states'

export const PLAN_TONES: Record<PlanState, Tone> = { draft: 'idle', submitted: 'pending', approved: 'approved', returned: 'late' }
export const SUMMARY_TONES: Record<PlanSummary['state'], Tone> = { draft: 'idle', sent: 'pending', returned: 'late', accepted: 'approved' }
export const STANDING_TONES: Record<PlanStanding, Tone> = { done: 'approved', late: 'late', under_way: 'pending', waiting: 'idle' }

/** A line as it is edited and sent. */
export function bodyOf(line: Required<PlanLineBody>): Required<PlanLineBody> {
  const { id, section, what, owner, staff_id, start_on, end_on, measure, serves_id } = line
  return { id, section, what, owner, staff_id, start_on, end_on, measure, serves_id }
}

const LAST = ['03-31', '06-30', '09-30', '12-31']
/** The first and the last day of a quarter (1–4) of a year, or of all of it (0). */
export function spanOf(year: number, quarter: number): { start_on: string; end_on: string } {
  const first = quarter === 0 ? '01' : String(quarter * 3 - 2).padStart(2, '0')
  return { start_on: `${String(year)}-${first}-01`, end_on: `${String(year)}-${LAST[quarter === 0 ? 3 : quarter - 1] ?? '12-31'}` }
}

/** Where a day lies in its year, in percent; the day after the last is 100. */
export function shareOfYear(day: string, after = false): number {
  const year = Number(day.slice(0, 4))
  const [from, until] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)]
  const at = Date.parse(`${day}T00:00:00Z`) + (after ? 86_400_000 : 0)
  return Math.round(((at - from) / (until - from)) * 10_000) / 100
}

/** The days of a line as one says them: the year, whole months, or from day to day; a word of the messages and its numbers. */
export function daysOf({ start_on, end_on }: { start_on: string; end_on: string }): { word: string; a: number; b: number; c: number; d: number } {
  const [a, b, c, d] = [start_on.slice(5, 7), start_on.slice(8), end_on.slice(5, 7), end_on.slice(8)].map(Number) as [number, number, number, number]
  const lastOf = new Date(Date.UTC(Number(end_on.slice(0, 4)), c, 0)).getUTCDate()
  const whole = b === 1 && d === lastOf
  return { word: `plans.span.${whole ? (a === 1 && c === 12 ? 'year' : a === c ? 'month' : 'months') : 'days'}`, a, b, c, d }
}

/** Which periods of a year have begun: only those are summed up. */
export const begunPeriods = (year: number, today: string): PlanPeriod[] => PERIODS.filter((one) => spanOf(year, one === 'year' ? 0 : Number(one.slice(1))).start_on <= today)
