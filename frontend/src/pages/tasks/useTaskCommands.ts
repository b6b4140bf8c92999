import { useQueryClient } from '@tanstack/vue-query'
import { acceptMany, extendMany, shareCommand, taskCommand, urge, type Assignment, type Task } from '@/api/tasks'
import type { BulkOut } from '@/api/reporting'
import type { Id } from '@/api/types'
import { useCommands, type Versioned } from '@/composables/useCommands'
import { useFeedback } from '@/composables/useFeedback'
import { useActingKey } from '@/queries/common'

/** What follows from a task or a share: read again after each command. */
const FOLLOWING = ['tasks', 'task', 'task-summary', 'assignment', 'shares', 'inbox', 'attachments']

/** Shares of one request (`workflow.bulk`). */
const MOST = 500

/** Commands on tasks and shares: version and idempotency key sent along, dependent pages read again. */
export function useTaskCommands() {
  const client = useQueryClient()
  const acting = useActingKey()
  const { fail } = useFeedback()
  const { busy, once, follow } = useCommands(FOLLOWING)

  async function onShare(at: Versioned, verb: string, body: object = {}): Promise<Assignment | null> {
    const answer = await once(at, verb, body, (key) => shareCommand(at.id, verb, body, { version: at.version, key }))
    if (answer) client.setQueryData(['assignment', acting.value, at.id], answer)
    return answer
  }

  async function onTask(at: Versioned, verb: string, body: object = {}): Promise<Task | null> {
    const answer = await once(at, verb, body, (key) => taskCommand(at.id, verb, body, { version: at.version, key }))
    if (answer) client.setQueryData(['task', acting.value, at.id], answer)
    return answer
  }

  /** What needs no version; null when it was refused, which the person is told. */
  async function several<T>(what: string, send: () => Promise<T>): Promise<T | null> {
    busy.value = what
    try {
      const answer = await send()
      follow()
      return answer
    } catch (error) {
      fail(error)
      return null
    } finally {
      busy.value = null
    }
  }

  /** How many were reminded. */
  const remind = async (task: Id, shares: Id[] | null) => (await several('urge', () => urge(task, shares)))?.urged ?? null
  /** As many at a time as one request takes. */
  async function inParts(shares: readonly Versioned[], send: (part: { id: Id; version: number }[]) => Promise<BulkOut>): Promise<BulkOut> {
    const all: BulkOut = { done: [], refused: [] }
    for (let from = 0; from < shares.length; from += MOST) {
      const part = await send(shares.slice(from, from + MOST).map(({ id, version }) => ({ id, version })))
      all.done.push(...part.done)
      all.refused.push(...part.refused)
    }
    return all
  }
  /** 确认办结 of several, each as it was seen. */
  const acceptAll = (task: Id, shares: readonly Versioned[]) => several('accept', () => inParts(shares, (part) => acceptMany(task, part)))
  /** 延长时限 of several, each as it was seen. */
  const extendAll = (task: Id, shares: readonly Versioned[], until: string, reason: string) => several('extend', () => inParts(shares, (part) => extendMany(task, part, until, reason)))

  return { busy, onShare, onTask, remind, acceptAll, extendAll, follow }
}
