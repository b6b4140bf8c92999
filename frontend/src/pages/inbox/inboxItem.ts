import type { InboxItem } from '@/api/types'

export type InboxKind = 'fill' | 'review' | 'returned' | 'reminder' | 'export' | 'signing' | 'declined' | 'told' | 'other'

/** Topics that only tell something: read, they are done with. */
const TOLD = new Set(['returned_through', 'behalf', 'objection_answered', 'handed_over'])

/** 审核、签批 inside the unit. */
const SIGNING = new Set(['sign_check', 'sign'])

/** What an item is to the person: a fill that came back, or that was asked for again, is told as such. */
export function kindOf(item: InboxItem): InboxKind {
  if (item.facts.file_id !== undefined) return 'export'
  if (item.topic === 'review') return 'review'
  if (SIGNING.has(item.topic)) return 'signing'
  if (TOLD.has(item.topic)) return 'told'
  if (item.topic !== 'fill') return 'other'
  if (item.facts.declined === true) return 'declined'
  if (item.facts.returned === true) return 'returned'
  return item.facts.reminded_at === undefined ? 'fill' : 'reminder'
}

/** An item as the inbox shows it; `alike` counts the reports that wait for review in the same cycle. */
export interface InboxEntry {
  item: InboxItem
  alike: number
}

/** What is shown: the reports of one cycle that wait for a reviewer are one piece of work, not seventy. */
export function entriesOf(items: readonly InboxItem[]): InboxEntry[] {
  const entries: InboxEntry[] = []
  const queues = new Map<string, InboxEntry>()
  for (const item of inOrder(items)) {
    const key = kindOf(item) === 'review' && item.facts.cycle_id !== undefined ? `${item.unit_id}.${item.facts.cycle_id}` : null
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
  const weight = (item: InboxItem) => (item.overdue ? 0 : ['returned', 'declined'].includes(kindOf(item)) ? 1 : 2)
  return [...items].sort((a, b) => weight(a) - weight(b) || (a.due_at ?? FAR).localeCompare(b.due_at ?? FAR))
}
