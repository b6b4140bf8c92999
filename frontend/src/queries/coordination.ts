import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchRequest, listRequests, type RequestQuery } from '@/api/coordination'
import { useActingKey } from './common'

export function useRequests(query: MaybeRefOrGetter<RequestQuery>, enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  const key = computed(() => toValue(query))
  return useInfiniteQuery({
    queryKey: ['requests', acting, key],
    queryFn: ({ pageParam }) => listRequests({ ...key.value, after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: 120_000,
    enabled: computed(() => toValue(enabled)),
  })
}

export function useRequest(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['request', acting, key], queryFn: () => fetchRequest(key.value) })
}
