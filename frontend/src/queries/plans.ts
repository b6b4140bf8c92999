import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchOwnYear, fetchPlan, fetchPlanOverview, fetchPlansSummary, fetchSummary, fetchTakenUp } from '@/api/plans'
import { useActingKey } from './common'

export function useOwnYear(year: MaybeRefOrGetter<number>) {
  const acting = useActingKey()
  const key = computed(() => toValue(year))
  return useQuery({ queryKey: ['plans', 'own', acting, key], queryFn: () => fetchOwnYear(key.value) })
}

export function usePlanOverview(year: MaybeRefOrGetter<number>, unit: MaybeRefOrGetter<string | undefined>, enabled: MaybeRefOrGetter<boolean>) {
  const acting = useActingKey()
  const [of, at] = [computed(() => toValue(year)), computed(() => toValue(unit))]
  return useQuery({ queryKey: ['plans', 'overview', acting, of, at], queryFn: () => fetchPlanOverview(of.value, at.value), enabled: computed(() => toValue(enabled)) })
}

export function usePlan(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['plans', 'plan', acting, key], queryFn: () => fetchPlan(key.value) })
}

/** Which units directly below took up which item of a plan. */
export function useTakenUp(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['plans', 'taken-up', acting, key], queryFn: () => fetchTakenUp(key.value) })
}

export function useSummary(id: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(id))
  return useQuery({ queryKey: ['plans', 'summary', acting, key], queryFn: () => fetchSummary(key.value) })
}

/** How the plans of the year and their items stand, at and below the acting unit. */
export function usePlansSummary() {
  const acting = useActingKey()
  return useQuery({ queryKey: ['plans', 'year', acting], queryFn: () => fetchPlansSummary() })
}
