import type { InboxItem } from '@/api/types'

export type InboxKind = 'fill' | 'review' | 'returned' | 'reminder' | 'export' | 'signing' | 'declined' | 'told' | TaskTopic | 'training' | 'meeting' | 'pledge' | 'notice' | 'urgent' | 'coordination' | 'coordination_answered' | PlanTopic | 'other'

/** Topics of tasks that ask for something, by their own names. */
export type TaskTopic = 'task' | 'task_review' | 'task_extension' | 'task_confirm'
const TASKS: readonly string[] = ['task', 'task_review', 'task_extension', 'task_confirm']

/** Topics of plans that ask for something, by their own names. */
const PLANS = ['plan_due', 'plan_review', 'plan_approve', 'plan_returned', 'plan_late', 'plan_summary', 'plan_summary_returned'] as const
export type PlanTopic = (typeof PLANS)[number]

/** Topics that only tell something: read, they are done with. */
const TOLD = new Set(['returned_through', 'behalf', 'objection_answered', 'handed_over', 'task_supervised', 'task_skipped', 'task_recalled', 'urgent_acknowledged', 'urgent_told', 'urgent_instructed', 'urgent_concluded', 'training_cancelled', 'training_changed', 'coordination_told', 'petition_due', 'petition_objected', 'meeting_changed', 'meeting_cancelled', 'meeting_minutes', 'visit_recorded', 'visit_answered', 'plan_approved'])

/** 审核、签批 inside the unit. */
const SIGNING = new Set(['sign_check', 'sign'])

/** What an item is to the person: a fill that came back, or that was asked for again, is told as such. */
export function kindOf(item: InboxItem): InboxKind {
  if (item.facts.file_id !== undefined) return 'export'
  if (item.topic === 'review') return 'review'
  if (SIGNING.has(item.topic)) return 'signing'
  if (TOLD.has(item.topic)) return 'told'
  if (TASKS.includes(item.topic)) return item.topic as TaskTopic
  if ((PLANS as readonly string[]).includes(item.topic)) return item.topic as PlanTopic
  if (item.topic === 'notice') return 'notice'
  if (item.topic === 'urgent' || item.topic === 'urgent_leader') return 'urgent'
  if (item.topic === 'training' || item.topic === 'meeting' || item.topic === 'pledge') return item.topic
  if (item.topic === 'coordination' || item.topic === 'coordination_answered') return item.topic
  if (item.topic !== 'fill') return 'other'
  if (item.facts.declined === true) return 'declined'
  if (item.facts.returned === true) return 'returned'
  return item.facts.reminded_at === undefined ? 'fill' : 'reminder'
}

/** What the settled is narrowed to, by the kinds of subjects. */
export const DONE_KINDS = { reports: ['submission', 'archive', 'job'], tasks: ['task', 'assignment'], notices: ['notice'], urgent: ['urgent_matter'], coordination: ['coordination_request'], plans: ['plan', 'plan_summary'], training: ['training', 'pledge'], meetings: ['meeting', 'visit'] } as const
export type DoneKind = keyof typeof DONE_KINDS

/** An item as the inbox shows it; `alike` counts what waits for review in the same cycle or of the same task. */
export interface InboxEntry {
  item: InboxItem
  alike: number
}

/** Which items are one piece of work: the reports of a cycle that wait for a reviewer, what units handed in of a task. */
function pieceOf(item: InboxItem): string | null {
  const kind = kindOf(item)
  const of = kind === 'review' ? item.facts.cycle_id : kind === 'task_review' ? item.facts.task_id : undefined
  return of === undefined ? null : `${item.unit_id}.${of}`
}

/** What is shown: what is one piece of work stands there once, not seventy times. */
export function entriesOf(items: readonly InboxItem[]): InboxEntry[] {
  const entries: InboxEntry[] = []
  const queues = new Map<string, InboxEntry>()
  for (const item of inOrder(items)) {
    const key = pieceOf(item)
    const queue = key === null ? undefined : queues.get(key)
    if (queue) {
      queue.alike += 1
      continue
    }
    const entry = { item, alike: 1 }
    entries.push(entry)
    if (key !== null) queues.set(key, entry)
  }
  return entries
}

const FAR = '9999'

/** Overdue first, then what came back, then by due time. */
export function inOrder(items: readonly InboxItem[]): InboxItem[] {
  const weight = (item: InboxItem) => (kindOf(item) === 'urgent' ? -1 : item.overdue ? 0 : ['returned', 'declined'].includes(kindOf(item)) || (item.topic === 'task' && item.facts.returned === true) ? 1 : 2)
  return [...items].sort((a, b) => weight(a) - weight(b) || (a.due_at ?? FAR).localeCompare(b.due_at ?? FAR))
}
