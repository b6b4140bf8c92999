import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchMeeting, fetchRooms, fetchVisit, fetchVisited, listMeetings, listVisits, type VisitKind } from '@/api/meetings'
import { useActingKey } from './common'

/** Keys that a command on meetings or visits makes stale. */
export const FOLLOWING = ['meetings', 'meeting', 'visits', 'visit', 'visited', 'inbox', 'tasks'] as const

export function useMeetings(query: MaybeRefOrGetter<{ side: string; search?: string }>) {
  const acting = useActingKey()
  const key = computed(() => toValue(query))
  return useInfiniteQuery({
    queryKey: ['meetings', acting, key], queryFn: ({ pageParam }) => listMeetings({ ...key.value, after: pageParam }),
    initialPageParam: null as string | null, getNextPageParam: (last) => last.next, placeholderData: keepPreviousData,
  })
}

export function useVisits(query: MaybeRefOrGetter<{ kind?: VisitKind; search?: string }>) {
  const acting = useActingKey()
  const key = computed(() => toValue(query))
  return useInfiniteQuery({
    queryKey: ['visits', acting, key], queryFn: ({ pageParam }) => listVisits({ ...key.value, after: pageParam }),
    initialPageParam: null as string | null, getNextPageParam: (last) => last.next, placeholderData: keepPreviousData,
  })
}

export function useMeeting(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['meeting', acting, key], queryFn: () => fetchMeeting(key.value) })
}

export function useVisit(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['visit', acting, key], queryFn: () => fetchVisit(key.value) })
}

export function useRooms() {
  const acting = useActingKey()
  return useQuery({ queryKey: ['rooms', acting], queryFn: fetchRooms, staleTime: Infinity })
}

export function useVisited(query: MaybeRefOrGetter<{ year: number; tier?: string; anybody?: boolean }>, enabled: MaybeRefOrGetter<boolean>) {
  const acting = useActingKey()
  const key = computed(() => toValue(query))
  return useQuery({ queryKey: ['visited', acting, key], queryFn: () => fetchVisited(key.value), enabled: computed(() => toValue(enabled)) })
}
