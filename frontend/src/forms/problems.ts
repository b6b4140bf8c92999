import type { Problem } from '@/api/types'
import type { Label, Problem as Found, Tier } from '@/formula'

/** A reason is kept under the check's key, and in a row table under the row as well. */
function reasonKey(found: Pick<Found, 'key' | 'row'>): string {
  return found.row === null ? found.key : `${found.key}@${found.row}`
}

/** What the evaluator found, as the server would tell it to this tier: in one language, without what others are told. */
export function problemsFor(found: readonly Found[], tier: Tier, say: (label: Label) => string): Problem[] {
  return found
    .filter((one) => one.shown_to.length === 0 || one.shown_to.includes(tier))
    .map((one) => ({
      code: one.code, key: one.key, reason_key: reasonKey(one), severity: one.severity, message: say(one.message),
      cells: one.cells, table: one.table, row: one.row,
    }))
}

/** A blank cell of a table. In a row, what is blank is told with what is wrong: somebody began that row. */
export function isBlankCell(problem: Pick<Problem, 'code' | 'table'>): boolean {
  return problem.table === null && isBlankProblem(problem)
}

/** A blank that must be filled: there may be dozens of them, and they are told apart from what is wrong. */
export function isBlankProblem(problem: Pick<Problem, 'code'>): boolean {
  return problem.code.startsWith('cell.required')
}
