import type { InboxItem } from '@/api/types'

export type InboxKind = 'fill' | 'review' | 'returned' | 'reminder' | 'export' | 'other'

/** What an item is to the person: a fill that came back, or that was asked for again, is told as such. */
export function kindOf(item: InboxItem): InboxKind {
  if (item.facts.file_id !== undefined) return 'export'
  if (item.topic === 'review') return 'review'
  if (item.topic !== 'fill') return 'other'
  if (item.facts.returned === true) return 'returned'
  return item.facts.reminded_at === undefined ? 'fill' : 'reminder'
}

const FAR = '9999'

/** Overdue first, then what came back, then by due time. */
export function inOrder(items: readonly InboxItem[]): InboxItem[] {
  const weight = (item: InboxItem) => (item.overdue ? 0 : kindOf(item) === 'returned' ? 1 : 2)
  return [...items].sort((a, b) => weight(a) - weight(b) || (a.due_at ?? FAR).localeCompare(b.due_at ?? FAR))
}
