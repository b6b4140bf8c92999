import {
  CircleCheckFilled, CircleCloseFilled, Clock, EditPen, Remove, RefreshLeft, Stamp, WarningFilled,
} from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { Counts, SubmissionState } from '@/api/types'

export type StateName = SubmissionState | 'exempt' | 'late' | 'missing' | 'open' | 'closed'
export type Tone = 'approved' | 'pending' | 'soon' | 'late' | 'idle'

/** What a unit's report is in: an exempt one owes nothing, whatever its row says. */
export function stateOf(brief: { state: SubmissionState; exempt_reason: string | null }): StateName {
  return brief.exempt_reason === null ? brief.state : 'exempt'
}

/** Nothing of a cycle is outstanding any more: its deadline has nothing to say. */
export function allHandedIn(counts: Counts): boolean {
  return counts.not_started + counts.draft + counts.signing + counts.returned === 0
}

/** A state always has a colour, an icon and a word; the words are in the messages under `state`. */
export const STATES: Record<StateName, { tone: Tone; icon: Component }> = {
  not_started: { tone: 'idle', icon: Remove },
  draft: { tone: 'idle', icon: EditPen },
  signing: { tone: 'pending', icon: Stamp },
  submitted: { tone: 'pending', icon: Clock },
  approved: { tone: 'approved', icon: CircleCheckFilled },
  returned: { tone: 'late', icon: RefreshLeft },
  exempt: { tone: 'idle', icon: CircleCloseFilled },
  late: { tone: 'late', icon: WarningFilled },
  missing: { tone: 'idle', icon: Remove },
  open: { tone: 'pending', icon: Clock },
  closed: { tone: 'idle', icon: CircleCheckFilled },
}
