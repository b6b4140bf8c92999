import type { RequestAction, RequestState } from '@/api/coordination'
import type { Tone } from '@/components/ui/states'

export const TONES: Record<RequestState, Tone> = { raised: 'soon', taken: 'pending', answered: 'pending', settled: 'approved', withdrawn: 'idle' }

/** Acts that need words, and those that a page offers first. */
export const WITH_WORDS: ReadonlySet<RequestAction> = new Set<RequestAction>(['note', 'answer', 'pass_up', 'add', 'insist', 'withdraw'])
const FIRST: readonly RequestAction[] = ['take', 'answer', 'confirm']

/** The one that is meant to come next. */
export function nextOf(actions: readonly string[]): RequestAction | undefined {
  return FIRST.find((one) => actions.includes(one))
}

/** Whole days since then. */
export function daysSince(at: string, now = Date.now()): number {
  return Math.max(0, Math.floor((now - Date.parse(at)) / 86_400_000))
}
