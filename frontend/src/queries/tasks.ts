import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchAddressBook, fetchAssignment, fetchDeadlines, fetchNotice, fetchNoticeRecord, fetchSummary, fetchTask, listIssued, listReceived, listShares, previewChoice, type Choice, type ListQuery } from '@/api/tasks'
import { useActingKey } from './common'

export function useTask(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['task', acting, key], queryFn: () => fetchTask(key.value) })
}

/** A form stands under somebody's hands: read again when asked, not behind their back. */
export function useAssignment(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['assignment', acting, key], queryFn: () => fetchAssignment(key.value) })
}

export function useShares(id: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['shares', acting, key], queryFn: () => listShares(key.value), enabled: computed(() => toValue(enabled)) })
}

interface ListPage<T> { items: T[]; next: string | null }

function paged<T>(kind: string, read: (query: ListQuery) => Promise<ListPage<T>>, query: MaybeRefOrGetter<ListQuery>, enabled: MaybeRefOrGetter<boolean>) {
  const acting = useActingKey()
  const key = computed(() => toValue(query))
  return useInfiniteQuery({
    queryKey: ['tasks', acting, kind, key],
    queryFn: ({ pageParam }) => read({ ...key.value, after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: 120_000,
    enabled: computed(() => toValue(enabled)),
  })
}

export const useIssued = (query: MaybeRefOrGetter<ListQuery>, enabled: MaybeRefOrGetter<boolean> = true) => paged('issued', listIssued, query, enabled)
export const useReceived = (query: MaybeRefOrGetter<ListQuery>, enabled: MaybeRefOrGetter<boolean> = true) => paged('received', listReceived, query, enabled)

export function useTaskSummary(enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  return useQuery({ queryKey: ['task-summary', acting], queryFn: fetchSummary, enabled: computed(() => toValue(enabled)) })
}

export function useAddressBook() {
  const acting = useActingKey()
  return useQuery({ queryKey: ['address-book', acting], queryFn: fetchAddressBook })
}

export function useDeadlines() {
  const acting = useActingKey()
  return useQuery({ queryKey: ['task-deadlines', acting], queryFn: fetchDeadlines })
}

/** Who is meant by a choice, counted by the server; the last count stands while the next is asked for. */
export function usePreview(choice: MaybeRefOrGetter<Choice[]>) {
  const acting = useActingKey()
  const to = computed(() => toValue(choice))
  return useQuery({
    queryKey: ['preview', acting, to], queryFn: () => previewChoice(to.value), enabled: computed(() => to.value.length > 0),
    placeholderData: keepPreviousData, staleTime: 60_000,
  })
}

export function useNoticeRecord(year: number, enabled: MaybeRefOrGetter<boolean>) {
  const acting = useActingKey()
  return useQuery({ queryKey: ['task-summary', acting, 'notice', year], queryFn: () => fetchNoticeRecord(year), enabled: computed(() => toValue(enabled)) })
}

/** `of`: the task whose deadline it is. */
export function useNotice(due: MaybeRefOrGetter<string>, of: MaybeRefOrGetter<string | null> = null) {
  const acting = useActingKey()
  const at = computed(() => toValue(due))
  const task = computed(() => toValue(of))
  return useQuery({
    queryKey: ['notice', acting, at, task], queryFn: () => fetchNotice(at.value, task.value), enabled: computed(() => at.value !== ''), placeholderData: keepPreviousData,
  })
}
