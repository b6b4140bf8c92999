import { useQueryClient } from '@tanstack/vue-query'
import { actOn, raiseFromReport, raiseRequest, type CoordinationRequest, type RequestAction, type RequestKind } from '@/api/coordination'
import type { Id } from '@/api/types'
import { useCommands } from '@/composables/useCommands'
import { useActingKey } from '@/queries/common'

/** Commands on requests for coordination. Null when it was refused, which the person is told. */
export function useRequestCommands() {
  const client = useQueryClient()
  const acting = useActingKey()
  const { busy, once, follow } = useCommands(['requests', 'request', 'inbox'])

  const raise = (body: { kind: RequestKind; title: string; text: string }) =>
    once({ id: '', version: 0 }, 'raise', body, (key) => raiseRequest(body, key))
  const fromReport = (submission: Id, field: string) =>
    once({ id: submission, version: 0 }, 'raise', { field }, (key) => raiseFromReport(submission, field, key))

  async function act(at: CoordinationRequest, action: RequestAction, text = ''): Promise<CoordinationRequest | null> {
    const answer = await once(at, action, { text }, (key) => actOn(at.id, action, text, { version: at.version, key }))
    if (answer) client.setQueryData(['request', acting.value, at.id], answer)
    return answer
  }

  return { busy, raise, fromReport, act, follow }
}
