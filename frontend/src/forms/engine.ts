import type { Submission } from '@/api/types'
import type { Context } from '@/formula'
import { rowsIn } from './rows'

/** What a submission's formulas and checks are evaluated against. */
export function contextOf(submission: Submission): Context {
  const { previous, period } = submission
  return {
    tier: submission.unit.tier,
    period_start: period.starts_on,
    period_end: period.ends_on,
    on_rollup: false,
    first_period: submission.first_period,
    zero_report: false,
    prev_cells: previous?.cells ?? null,
    prev_rows: previous === null ? null : rowsIn(previous.rows, null),
    medians: submission.medians,
    flags: {},
  }
}
