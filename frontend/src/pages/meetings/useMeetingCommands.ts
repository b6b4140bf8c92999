import { useQueryClient } from '@tanstack/vue-query'
import type { Meeting, Visit } from '@/api/meetings'
import { useCommands } from '@/composables/useCommands'
import { useActingKey } from '@/queries/common'
import { FOLLOWING } from '@/queries/meetings'

/** Commands on a meeting or a visit: what they answer is shown at once. */
export function useMeetingCommands(kind: 'meeting' | 'visit') {
  const client = useQueryClient()
  const acting = useActingKey()
  const { busy, once } = useCommands(FOLLOWING)

  async function run<T extends Meeting | Visit>(at: { id: string; version: number }, verb: string, body: object, send: (how: { version: number; key: string }) => Promise<T>): Promise<T | null> {
    const answer = await once(at, verb, body, (key) => send({ version: at.version, key }))
    if (answer) client.setQueryData([kind, acting.value, answer.id], answer)
    return answer
  }

  return { busy, run }
}
