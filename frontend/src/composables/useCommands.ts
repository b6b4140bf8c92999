import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { ApiProblem } from '@/api/problem'
import type { Id } from '@/api/types'
import { useFeedback } from '@/composables/useFeedback'
import { randomUuid } from '@/lib/ids'

export interface Versioned { id: Id; version: number }

/** Commands on what has a version: sent once under a key, and what follows from them read again. */
export function useCommands(following: readonly string[]) {
  const client = useQueryClient()
  const { fail } = useFeedback()
  const busy = ref<string | null>(null)
  let attempt: { what: string; key: string } | null = null

  function follow(): void {
    for (const key of following) void client.invalidateQueries({ queryKey: [key] })
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

  return { busy, once, follow }
}
