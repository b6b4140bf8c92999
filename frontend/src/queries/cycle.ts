import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchCycle, fetchRollup, fetchRollupRows, fetchTrend, listMissing, listSubmissions } from '@/api/reporting'
import { useActingKey } from './common'

type Maybe = MaybeRefOrGetter<string | undefined>

export function useCycle(id: Maybe) {
  const acting = useActingKey()
  const key = computed(() => toValue(id) ?? '')
  return useQuery({ queryKey: ['cycle', acting, key], queryFn: () => fetchCycle(key.value), enabled: computed(() => key.value !== '') })
}

export function useSubmissions(cycle: Maybe, parent?: Maybe) {
  const acting = useActingKey()
  const key = computed(() => toValue(cycle) ?? '')
  const under = computed(() => toValue(parent))
  return useQuery({
    queryKey: ['submissions', acting, key, under], queryFn: () => listSubmissions(key.value, under.value),
    enabled: computed(() => key.value !== ''), refetchInterval: 60_000,
  })
}

export function useMissing(cycle: Maybe) {
  const acting = useActingKey()
  const key = computed(() => toValue(cycle) ?? '')
  return useQuery({ queryKey: ['missing', acting, key], queryFn: () => listMissing(key.value), enabled: computed(() => key.value !== '') })
}

/** Both figures of a unit come together; which of them is shown is the page's choice. */
export function useRollup(cycle: Maybe, unit: Maybe, enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  const key = computed(() => toValue(cycle) ?? '')
  const of = computed(() => toValue(unit))
  return useQuery({
    queryKey: ['rollup', acting, key, of], queryFn: () => fetchRollup(key.value, of.value),
    enabled: computed(() => key.value !== '' && toValue(enabled)),
  })
}

export function useRollupRows(cycle: Maybe, table: Maybe, unit: Maybe) {
  const acting = useActingKey()
  const key = computed(() => [toValue(cycle) ?? '', toValue(table) ?? '', toValue(unit)] as const)
  return useQuery({
    queryKey: ['rollup-rows', acting, key], queryFn: () => fetchRollupRows(key.value[0], key.value[1], key.value[2]),
    enabled: computed(() => key.value[0] !== '' && key.value[1] !== ''),
  })
}

export function useTrend(form: Maybe, unit: Maybe, fields: MaybeRefOrGetter<string[]>) {
  const acting = useActingKey()
  const key = computed(() => ({ form: toValue(form) ?? '', unit: toValue(unit), fields: toValue(fields) }))
  return useQuery({
    queryKey: ['trend', acting, key], queryFn: () => fetchTrend(key.value.form, key.value.unit, key.value.fields),
    enabled: computed(() => key.value.form !== '' && key.value.fields.length > 0), staleTime: 120_000,
  })
}
