import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchNoticeOf, listIssuedNotices, listReceipts, listReceivedNotices, type NoticeQuery } from '@/api/notices'
import { useActingKey } from './common'

export function useNotices(received: MaybeRefOrGetter<boolean>, query: MaybeRefOrGetter<NoticeQuery>) {
  const acting = useActingKey()
  const side = computed(() => toValue(received))
  const key = computed(() => toValue(query))
  return useInfiniteQuery({
    queryKey: ['notices', acting, side, key],
    queryFn: ({ pageParam }) => (side.value ? listReceivedNotices : listIssuedNotices)({ ...key.value, after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: 120_000,
  })
}

export function useNoticeOf(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['notice-of', acting, key], queryFn: () => fetchNoticeOf(key.value) })
}

export function useReceipts(id: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['receipts', acting, key], queryFn: () => listReceipts(key.value), enabled: computed(() => toValue(enabled)), refetchInterval: 60_000 })
}
