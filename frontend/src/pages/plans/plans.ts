import type { PlanLine, PlanLineBody, PlanStanding, PlanState } from '@/api/plans'
import type { Tone } from '@/components/ui/states'

export const PLAN_TONES: Record<PlanState, Tone> = { draft: 'idle', submitted: 'pending', approved: 'approved', returned: 'late' }
export const STANDING_TONES: Record<PlanStanding, Tone> = { done: 'approved', late: 'late', under_way: 'pending', waiting: 'idle' }

/** A line as it is edited and sent. */
export function bodyOf(line: PlanLine): Required<PlanLineBody> {
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

/** 01-01 — 06-30: the days of a line without its year. */
export const daysOf = (line: { start_on: string; end_on: string }) => `${line.start_on.slice(5)} — ${line.end_on.slice(5)}`
