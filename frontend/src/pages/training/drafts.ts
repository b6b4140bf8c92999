import { instantOf, localOf } from '@/pages/tasks/deadline'
import type { AnnounceBody, TrainingSession } from '@/api/training'

/** A session as the page holds it: times on the wall in China. */
export interface SessionDraft {
  id?: string
  starts: string
  ends: string
  hours: number
  venue: string
  link: string
  quota?: number
  perUnit?: number
}

export const blankSession = (): SessionDraft => ({ starts: '', ends: '', hours: 4, venue: '', link: '' })

export function sessionBody(one: SessionDraft): AnnounceBody['sessions'][number] {
  return {
    id: one.id ?? null, starts_at: new Date(instantOf(one.starts)).toISOString(), ends_at: new Date(instantOf(one.ends)).toISOString(),
    hours: one.hours, venue: one.venue.trim(), link: one.link.trim(), quota: one.quota ?? null, per_unit: one.perUnit ?? null,
  }
}

export function draftOf(one: TrainingSession): SessionDraft {
  return {
    id: one.id, starts: localOf(one.starts_at), ends: localOf(one.ends_at), hours: Number(one.hours), venue: one.venue, link: one.link,
    quota: one.quota ?? undefined, perUnit: one.per_unit ?? undefined,
  }
}

export type Fault = 'times' | 'order' | 'before' | 'link'

/** What is still wrong with a session, given the end of sign-up (an instant, or nothing yet). */
export function faultOf(one: SessionDraft, until: string): Fault | null {
  if (one.starts === '' || one.ends === '') return 'times'
  if (Date.parse(instantOf(one.ends)) <= Date.parse(instantOf(one.starts))) return 'order'
  if (until !== '' && Date.parse(instantOf(one.starts)) < Date.parse(until)) return 'before'
  return one.link.trim() !== '' && !/^https?:\/\/\S+$/.test(one.link.trim()) ? 'link' : null
}
