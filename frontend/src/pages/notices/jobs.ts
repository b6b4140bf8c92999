import type { JobPost } from '@/api/notices'

/** A job post as it is typed. */
export interface OpeningDraft { post: string; number?: number; pay: string; asks: string }
export interface JobDraft { employer: string; place: string; openings: OpeningDraft[]; contact: string; until: string }

export const MOST_OPENINGS = 30
export const blankOpening = (): OpeningDraft => ({ post: '', pay: '', asks: '' })
export const blankJob = (): JobDraft => ({ employer: '', place: '', openings: [blankOpening()], contact: '', until: '' })

/** What still has to be typed, by the names of its parts. */
export function lacking(job: JobDraft): ('employer' | 'post' | 'contact' | 'until')[] {
  return [
    ...(job.employer.trim() === '' ? (['employer'] as const) : []),
    ...(job.openings.some((one) => one.post.trim() !== '') ? [] : (['post'] as const)),
    ...(job.contact.trim() === '' ? (['contact'] as const) : []),
    ...(job.until === '' ? (['until'] as const) : []),
  ]
}

/** As it is sent; lines without a post are left out. */
export function jobBody(job: JobDraft): JobPost {
  return {
    employer: job.employer.trim(), place: job.place.trim(), contact: job.contact.trim(), until: job.until,
    openings: job.openings.filter((one) => one.post.trim() !== '').map((one) => ({ post: one.post.trim(), number: one.number ?? null, pay: one.pay.trim(), asks: one.asks.trim() })),
  }
}
