import f1 from '../../tests/conformance/f1.json'
import type { Submission } from '@/api/types'
import type { FormDefinition } from '@/formula'

export const F1 = f1 as unknown as FormDefinition

/** A village's report as the server answers it; each test says what differs. */
export function submission(changes: Partial<Submission> = {}): Submission {
  return {
    id: 's1', cycle_id: 'c1',
    form: { id: 'f', code: 'f1', name: '月度工作情况表', name_en: 'Monthly work', version_id: 'v', zero_allowed: false },
    period: { kind: 'month', key: '2026-11', starts_on: '2026-11-01', ends_on: '2026-11-30' },
    unit: { id: 'u1', tier: 'village', code: '1', name: '南石村', short_name: '南石村' },
    state: 'draft', version: 3, actions: ['save', 'submit'], editable: true, due_at: '2026-12-03T23:59:59+08:00', late: false,
    first_period: false, opening_changed: false, cells: { jf_pc: '3', jf_rc: '5' }, rows: {}, masked: false, reasons: {}, zeroed: [],
    problems: [], previous: { period_key: '2026-10', cells: { jf_pc: '2' }, rows: {} }, medians: {}, returned: null, claimed: null,
    correction_reason: '', revision_no: 0, saved_at: null, saved_by_name: '', submitted_at: null, submitted_by_name: null, zero_report: false,
    missing_reason: '', receipt: null, children: null, behalf: null, objection: null, aside: null, sign_steps: 'none', signatures: [], awaited: null, printed_token: null, cycle_state: 'open', task_id: null, reopened: false, after_closing: false, exempt_reason: null, extended: null,
    ...changes,
  }
}
