import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchMatter, listMatters } from '@/api/urgent'
import { useActingKey } from './common'

/** What is not concluded; the stream of events has it read again at once, and a poll where a gateway holds that back. */
export function useOpenMatters(enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  return useQuery({ queryKey: ['urgent', acting, 'open'], queryFn: () => listMatters(false), refetchInterval: 30_000, enabled: computed(() => toValue(enabled)) })
}

export function useMatters(everything: MaybeRefOrGetter<boolean>) {
  const acting = useActingKey()
  const all = computed(() => toValue(everything))
  return useInfiniteQuery({
    queryKey: ['urgent', acting, 'list', all], queryFn: ({ pageParam }) => listMatters(all.value, pageParam),
    initialPageParam: null as string | null, getNextPageParam: (last) => last.next,
  })
}

export function useMatter(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['matter', acting, key], queryFn: () => fetchMatter(key.value), refetchInterval: 30_000 })
}
