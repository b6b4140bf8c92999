import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchArchive, listArchives, listChanges, listReasons } from '@/api/closing'
import { useActingKey } from './common'

type Maybe = MaybeRefOrGetter<string | undefined>

export function useArchives(cycle: Maybe) {
  const acting = useActingKey()
  const key = computed(() => toValue(cycle) ?? '')
  return useQuery({ queryKey: ['archives', acting, key], queryFn: () => listArchives(key.value), enabled: computed(() => key.value !== '') })
}

export function useArchive(id: Maybe) {
  const acting = useActingKey()
  const key = computed(() => toValue(id) ?? '')
  return useQuery({ queryKey: ['archive', acting, key], queryFn: () => fetchArchive(key.value), enabled: computed(() => key.value !== '') })
}

/** What units said to 须说明, at or below a unit. */
export function useReasons(cycle: Maybe, unit: Maybe) {
  const acting = useActingKey()
  const key = computed(() => [toValue(cycle) ?? '', toValue(unit)] as const)
  return useQuery({ queryKey: ['reasons', acting, key], queryFn: () => listReasons(key.value[0], key.value[1]), enabled: computed(() => key.value[0] !== '') })
}

export function useChanges(submission: Maybe) {
  const acting = useActingKey()
  const key = computed(() => toValue(submission) ?? '')
  return useQuery({ queryKey: ['changes', acting, key], queryFn: () => listChanges(key.value), enabled: computed(() => key.value !== '') })
}
