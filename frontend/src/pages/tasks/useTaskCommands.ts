import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { ApiProblem } from '@/api/problem'
import { shareCommand, taskCommand, urge, type Assignment, type Task } from '@/api/tasks'
import type { Id } from '@/api/types'
import { useFeedback } from '@/composables/useFeedback'
import { randomUuid } from '@/lib/ids'
import { useActingKey } from '@/queries/common'

interface Versioned { id: Id; version: number }

/** What follows from a task or a share: read again after each command. */
const FOLLOWING = ['tasks', 'task', 'task-summary', 'assignment', 'shares', 'inbox', 'attachments']

/** Commands on tasks and shares: version and idempotency key sent along, dependent pages read again. */
export function useTaskCommands() {
  const client = useQueryClient()
  const acting = useActingKey()
  const { fail } = useFeedback()
  const busy = ref<string | null>(null)
  let attempt: { what: string; key: string } | null = null

  function follow(): void {
    for (const key of FOLLOWING) void client.invalidateQueries({ queryKey: [key] })
  }

  /** Null when it was refused, which the person is told; the same command repeated carries the same key. */
  async function once<T>(at: Versioned, verb: string, body: object, send: (key: string) => Promise<T>): Promise<T | null> {
    const what = JSON.stringify([at.id, at.version, verb, body])
    attempt = attempt?.what === what ? attempt : { what, key: randomUuid() }
    busy.value = verb
    try {
      const answer = await send(attempt.key)
      attempt = null
      follow()
      return answer
    } catch (error) {
      if (error instanceof ApiProblem && error.status < 500) attempt = null
      if (error instanceof ApiProblem && error.status === 412) follow()
      fail(error)
      return null
    } finally {
      busy.value = null
    }
  }

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

  /** How many were reminded; null when it was refused. */
  async function remind(task: Id, shares: Id[] | null): Promise<number | null> {
    busy.value = 'urge'
    try {
      const { urged } = await urge(task, shares)
      follow()
      return urged
    } catch (error) {
      fail(error)
      return null
    } finally {
      busy.value = null
    }
  }

  return { busy, onShare, onTask, remind, follow }
}
