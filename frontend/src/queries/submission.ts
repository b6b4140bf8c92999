import { useQuery } from '@tanstack/vue-query'
import type { Submission } from '@/api/types'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchFormVersion } from '@/api/forms'
import { fetchOrRecall, fetchRevision, fetchSubmission, listHistory, listRevisions } from '@/api/reporting'
import { useActingKey } from './common'

export function useSubmission(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  /** Once it came from the server, what was kept never takes its place under this page. */
  let live: string | null = null

  async function read(): Promise<Submission> {
    const asked = key.value
    const one = live === asked ? await fetchSubmission(asked) : await fetchOrRecall(asked)
    if (one.kept === undefined) live = asked
    return one
  }

  return useQuery({
    queryKey: ['submission', acting, key], queryFn: read, staleTime: 0,
    refetchInterval: (query) => (query.state.data?.kept === undefined ? false : 5_000),
    enabled: computed(() => key.value !== ''),
    // A form under somebody's hands is never replaced behind their back.
    refetchOnWindowFocus: false, refetchOnReconnect: false,
  })
}

/** A published version never changes. */
export const definitionQuery = (version: string) => ({
  queryKey: ['form-version', version], queryFn: () => fetchFormVersion(version),
  enabled: version !== '', staleTime: Infinity, gcTime: 3_600_000,
})

export function useDefinition(version: MaybeRefOrGetter<string | undefined>) {
  return useQuery(computed(() => definitionQuery(toValue(version) ?? '')))
}

export function useHistory(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['history', acting, key], queryFn: () => listHistory(key.value), enabled: computed(() => key.value !== '') })
}

export function useRevisions(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['revisions', acting, key], queryFn: () => listRevisions(key.value), enabled: computed(() => key.value !== '') })
}

export function useRevision(id: MaybeRefOrGetter<string>) {
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['revision', key], queryFn: () => fetchRevision(key.value), staleTime: Infinity, enabled: computed(() => key.value !== '') })
}
