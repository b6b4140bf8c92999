import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchComparison, fetchPeriods, fetchStatement, type Asked } from '@/api/comparing'
import type { Basis } from '@/api/types'
import { useActingKey } from './common'

export function useComparison(cycle: MaybeRefOrGetter<string>, asked: MaybeRefOrGetter<Asked>) {
  const acting = useActingKey()
  const key = computed(() => [toValue(cycle), toValue(asked)] as const)
  return useQuery({ queryKey: ['comparison', acting, key], queryFn: () => fetchComparison(...key.value), enabled: computed(() => key.value[0] !== '') })
}

/** What was shown stays while another choice is on its way: a chart that blinks can't be read. */
export function usePeriods(cycle: MaybeRefOrGetter<string>, asked: MaybeRefOrGetter<Asked>, count: MaybeRefOrGetter<number>, fields: MaybeRefOrGetter<string[]>) {
  const acting = useActingKey()
  const key = computed(() => [toValue(cycle), toValue(asked), toValue(count), toValue(fields)] as const)
  return useQuery({
    queryKey: ['periods', acting, key], queryFn: () => fetchPeriods(...key.value),
    enabled: computed(() => key.value[3].length > 0), placeholderData: keepPreviousData,
  })
}

/** A draft is asked for anew each time the page is opened, and never under the hands of whoever edits it. */
export function useStatement(cycle: MaybeRefOrGetter<string>, unit: MaybeRefOrGetter<string | undefined>, basis: MaybeRefOrGetter<Basis>, fields: MaybeRefOrGetter<string[]>, locale: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => [toValue(cycle), toValue(unit), toValue(basis), toValue(fields)] as const)
  return useQuery({
    queryKey: ['statement', acting, key, computed(() => toValue(locale))], queryFn: () => fetchStatement(...key.value),
    staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false,
  })
}
