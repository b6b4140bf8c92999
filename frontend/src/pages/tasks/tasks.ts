import { CircleCheckFilled, CircleCloseFilled, Clock, EditPen, Finished, Promotion, RefreshLeft, Stamp } from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { Progress, ReceivedLine, Share, ShareState, TaskBrief, TaskState } from '@/api/tasks'
import type { Tone } from '@/components/ui/states'

interface Look { tone: Tone; icon: Component }

/** A unit's share: colour and sign; the words are in the messages under `tasks.share`. */
export const SHARES: Record<ShareState, Look> = {
  issued: { tone: 'idle', icon: Promotion },
  acknowledged: { tone: 'pending', icon: Stamp },
  in_progress: { tone: 'pending', icon: EditPen },
  handed_in: { tone: 'soon', icon: Clock },
  accepted: { tone: 'approved', icon: CircleCheckFilled },
  returned: { tone: 'late', icon: RefreshLeft },
  recalled: { tone: 'idle', icon: CircleCloseFilled },
}

export const TASKS: Record<TaskState, Look> = {
  awaiting: { tone: 'soon', icon: Clock },
  issued: { tone: 'pending', icon: EditPen },
  declined: { tone: 'late', icon: CircleCloseFilled },
  recalled: { tone: 'idle', icon: CircleCloseFilled },
  closed: { tone: 'approved', icon: Finished },
}

/** Parts of the strip of counters, in the order of the work. */
export type Part = 'accepted' | 'handed_in' | 'working' | 'returned' | 'issued'

export function partsOf(progress: Progress): { part: Part; n: number }[] {
  const { accepted, handed_in, acknowledged, in_progress, returned, issued } = progress.by_state
  return [
    { part: 'accepted', n: accepted },
    { part: 'handed_in', n: handed_in },
    { part: 'working', n: acknowledged + in_progress },
    { part: 'returned', n: returned },
    { part: 'issued', n: issued },
  ]
}

/** Nothing is owed any more: the deadline has nothing to say. */
export const settled = (state: ShareState) => ['handed_in', 'accepted', 'recalled'].includes(state)
export const taskSettled = (task: Pick<TaskBrief, 'state' | 'progress'>) => task.state === 'closed' || task.state === 'recalled' || task.state === 'declined' || (task.progress.total > 0 && task.progress.by_state.accepted === task.progress.total)

/** A line of either list, as every view of it needs it. */
export interface Entry {
  key: string
  /** The share's page where it was received, the task's where it was issued. */
  share: string | null
  task: TaskBrief
  due: string
  late: boolean
  settled: boolean
  received: ReceivedLine['share'] | null
}

export function entryOfIssued(task: TaskBrief): Entry {
  return { key: task.id, share: null, task, due: task.due_at, late: task.progress.overdue > 0, settled: taskSettled(task), received: null }
}

export function entryOfReceived({ task, share }: ReceivedLine): Entry {
  return { key: share.id, share: share.id, task, due: share.due_at, late: share.overdue, settled: settled(share.state), received: share }
}

export type Column = 'awaiting' | 'to_sign' | 'working' | 'returned' | 'to_accept' | 'done'
export const RECEIVED_COLUMNS: readonly Column[] = ['to_sign', 'working', 'returned', 'to_accept', 'done']
export const ISSUED_COLUMNS: readonly Column[] = ['awaiting', 'to_sign', 'working', 'to_accept', 'done']

/** Where a line stands on the board: what is waited for next. */
export function columnOf(entry: Entry): Column {
  if (entry.received) {
    switch (entry.received.state) {
      case 'issued': return 'to_sign'
      case 'handed_in': return 'to_accept'
      case 'returned': return 'returned'
      case 'accepted': case 'recalled': return 'done'
      default: return 'working'
    }
  }
  if (entry.task.state === 'awaiting') return 'awaiting'
  if (entry.settled) return 'done'
  const { total, by_state } = entry.task.progress
  if (by_state.handed_in > 0) return 'to_accept'
  return by_state.issued === total ? 'to_sign' : 'working'
}

/** The weeks that a month touches, Monday first, as days written 2026-11-23. */
export function weeksOf(month: string): string[][] {
  const [year = 0, at = 1] = month.split('-').map(Number)
  const first = new Date(Date.UTC(year, at - 1, 1))
  const start = new Date(first)
  start.setUTCDate(1 - ((first.getUTCDay() + 6) % 7))
  const weeks: string[][] = []
  for (const day = start; weeks.length === 0 || day.getUTCMonth() === at - 1; ) {
    const week: string[] = []
    for (let n = 0; n < 7; n += 1) {
      week.push(day.toISOString().slice(0, 10))
      day.setUTCDate(day.getUTCDate() + 1)
    }
    weeks.push(week)
  }
  return weeks
}

export function monthBeside(month: string, by: number): string {
  const [year = 0, at = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, at - 1 + by, 1)).toISOString().slice(0, 7)
}

/** How many units of a share's are late: its own, and those below it. */
export const trouble = (share: Pick<Share, 'overdue' | 'below'>) => (share.overdue ? 1 : 0) + (share.below?.overdue ?? 0)

/** What waits for the reader first, then the late; otherwise as the server gave them. */
export function inOrder<T extends Pick<Share, 'overdue' | 'below' | 'actions'>>(shares: readonly T[]): T[] {
  const waits = (share: T) => (share.actions.includes('accept') ? 1 : 0)
  return [...shares].sort((a, b) => waits(b) - waits(a) || trouble(b) - trouble(a))
}
