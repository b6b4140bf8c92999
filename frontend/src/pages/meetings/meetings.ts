import type { Follow, MeetingState, ReplyState } from '@/api/meetings'
import type { Tone } from '@/components/ui/states'
import { now } from '@/lib/clock'

export const TONES: Record<MeetingState, Tone> = { scheduled: 'soon', held: 'pending', closed: 'approved', cancelled: 'idle' }
export const REPLIES: Record<ReplyState, Tone> = { invited: 'soon', coming: 'approved', on_leave: 'idle' }
export const FOLLOWS: Record<Follow['state'], Tone> = { awaiting: 'soon', open: 'pending', handed_in: 'soon', done: 'approved', dropped: 'idle' }

/** A day in China, as 2026-11-23. */
export const dayOf = (at: Date | string): string => new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
export const today = (): string => dayOf(now())
