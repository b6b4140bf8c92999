import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchComparison, fetchPeriods, type Asked } from '@/api/comparing'
import { useActingKey } from './common'

export function useComparison(cycle: MaybeRefOrGetter<string>, asked: MaybeRefOrGetter<Asked>) {
  const acting = useActingKey()
  const key = computed(() => [toValue(cycle), toValue(asked)] as const)
  return useQuery({ queryKey: ['comparison', acting, key], queryFn: () => fetchComparison(...key.value) })
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
