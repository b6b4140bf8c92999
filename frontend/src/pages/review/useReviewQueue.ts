import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { SubmissionBrief } from '@/api/types'

export type QueueTab = 'queue' | 'all' | 'missing'

/** Most suspicious first: warnings and outliers, then who handed in first. */
function bySuspicion(a: SubmissionBrief, b: SubmissionBrief): number {
  const weight = (one: SubmissionBrief) => one.warnings + one.outliers
  return weight(b) - weight(a) || (a.submitted_at ?? '').localeCompare(b.submitted_at ?? '')
}

const ORDER: Record<SubmissionBrief['state'], number> = { submitted: 0, returned: 1, signing: 2, draft: 2, not_started: 2, approved: 3 }

/** The review queue of a cycle: what waits, what comes after the one just decided, what may go through in one act. */
export function useReviewQueue(items: MaybeRefOrGetter<SubmissionBrief[]>, tab: MaybeRefOrGetter<QueueTab>) {
  const waiting = computed(() => toValue(items).filter((one) => one.state === 'submitted').sort(bySuspicion))
  const shown = computed(() =>
    toValue(tab) === 'queue' ? waiting.value : [...toValue(items)].sort((a, b) => ORDER[a.state] - ORDER[b.state]),
  )
  const calm = computed(() =>
    waiting.value.filter((one) => one.warnings === 0 && one.outliers === 0 && (one.claimed === null || one.claimed.mine)),
  )

  /** The one that follows in the queue, or the first again from its end; null when nothing else waits. */
  function after(id: string): SubmissionBrief | null {
    const at = waiting.value.findIndex((one) => one.id === id)
    const others = waiting.value.filter((one) => one.id !== id)
    return (at < 0 ? others[0] : (waiting.value[at + 1] ?? others[0])) ?? null
  }

  function step(id: string | null, by: 1 | -1): SubmissionBrief | null {
    const list = shown.value
    const at = list.findIndex((one) => one.id === id)
    return list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)] ?? null
  }

  return { waiting, shown, calm, after, step }
}
