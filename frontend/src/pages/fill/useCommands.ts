import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { command, submit, type HandIn, type Verb } from '@/api/reporting'
import { ApiProblem } from '@/api/problem'
import type { Id, Submission, Submitted } from '@/api/types'
import { useFeedback } from '@/composables/useFeedback'
import { useActingKey } from '@/queries/common'
import { randomUuid } from '@/lib/ids'

interface Versioned {
  id: Id
  version: number
}

/** Lists whose contents follow from a submission's state. */
const FOLLOWING = ['cycles', 'cycle', 'submissions', 'missing', 'rollup', 'rollup-rows', 'inbox', 'history', 'revisions', 'changes', 'reasons']

/** Commands on submissions: version and idempotency key sent along, the answer kept, dependent lists read again. */
export function useCommands() {
  const queries = useQueryClient()
  const acting = useActingKey()
  const { fail } = useFeedback()
  const busy = ref<Verb | 'submit' | null>(null)
  let attempt: { what: string; key: string } | null = null

  function accept(next: Submission): void {
    queries.setQueryData(['submission', acting.value, next.id], next)
    follow()
  }

  function follow(): void {
    for (const key of FOLLOWING) void queries.invalidateQueries({ queryKey: [key] })
  }

  /** Throws what the server refused; a repeat of the very same command carries the same key. */
  async function once<T>(at: Versioned, verb: Verb | 'submit', body: object, send: (key: string) => Promise<T>): Promise<T> {
    const what = JSON.stringify([at.id, at.version, verb, body])
    attempt = attempt?.what === what ? attempt : { what, key: randomUuid() }
    busy.value = verb
    try {
      const answer = await send(attempt.key)
      attempt = null
      return answer
    } catch (error) {
      // Refused for good: another try is another command.
      if (error instanceof ApiProblem && error.status < 500) attempt = null
      if (error instanceof ApiProblem && error.status === 412) {
        void queries.invalidateQueries({ queryKey: ['submission', acting.value, at.id] })
      }
      throw error
    } finally {
      busy.value = null
    }
  }

  async function run(at: Versioned, verb: Verb, body: Record<string, unknown> = {}): Promise<Submission> {
    const next = await once(at, verb, body, (key) => command(at.id, verb, body, { version: at.version, key }))
    accept(next)
    return next
  }

  /** 上报. The short answer proves it; reading the submission anew is the caller's, because it ends the page that typed. */
  async function handIn(at: Versioned, body: HandIn): Promise<Submitted> {
    const answer = await once(at, 'submit', body, (key) => submit(at.id, body, { version: at.version, key }))
    follow()
    return answer
  }

  /** The same as `run`, telling the person what went wrong. Null when it did. */
  async function attemptIt(submission: Versioned, verb: Verb, body: Record<string, unknown> = {}): Promise<Submission | null> {
    try {
      return await run(submission, verb, body)
    } catch (error) {
      fail(error)
      return null
    }
  }

  return { busy, run, handIn, attempt: attemptIt }
}
