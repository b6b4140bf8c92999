import type { Follow, Meeting, MeetingState, ReplyState } from '@/api/meetings'
import type { Tone } from '@/components/ui/states'
import { now } from '@/lib/clock'
import { linkIn } from '@/lib/links'
import { instantOf, localOf } from '@/pages/tasks/deadline'

export const TONES: Record<MeetingState, Tone> = { scheduled: 'soon', held: 'pending', closed: 'approved', cancelled: 'idle' }
export const REPLIES: Record<ReplyState, Tone> = { invited: 'soon', coming: 'approved', on_leave: 'idle' }
export const FOLLOWS: Record<Follow['state'], Tone> = { awaiting: 'soon', open: 'pending', handed_in: 'soon', done: 'approved', dropped: 'idle' }

/** A day in China, as 2026-11-23. */
export const dayOf = (at: Date | string): string => new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
export const today = (): string => dayOf(now())

/** When and where, as it is typed: times in China, 2026-11-23 09:00. */
export interface Arranged { agenda: string; from: string; until: string; venue: string; link: string; room: boolean; guests: string }

export const unarranged = (): Arranged => ({ agenda: '', from: '', until: '', venue: '', link: '', room: false, guests: '' })
export const arrangedOf = (one: Meeting): Arranged => ({ agenda: one.agenda, from: localOf(one.starts_at), until: localOf(one.ends_at), venue: one.venue, link: one.link, room: one.room, guests: one.guests })
/** What is typed where a link belongs, and is none. */
export const isNoLink = (draft: Arranged): boolean => !draft.room && linkIn(draft.link) === null
export const isArranged = (draft: Arranged): boolean => draft.from !== '' && draft.until > draft.from && !isNoLink(draft)
/** Some hours after a time as it is typed; nothing after nothing. */
export const laterBy = (local: string, hours: number): string => (local ? localOf(new Date(Date.parse(instantOf(local)) + hours * 3_600_000).toISOString()) : '')
export const arrangedBody = (draft: Arranged) => ({
  agenda: draft.agenda, venue: draft.venue.trim(), link: draft.room ? '' : (linkIn(draft.link) ?? ''), room: draft.room, guests: draft.guests.trim(),
  starts_at: new Date(instantOf(draft.from)).toISOString(), ends_at: new Date(instantOf(draft.until)).toISOString(),
})
