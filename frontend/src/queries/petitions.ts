import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchPetition } from '@/api/petitions'
import { useActingKey } from './common'

/** The course of the petition that a task carries. */
export function usePetition(task: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  const key = computed(() => toValue(task))
  return useQuery({ queryKey: ['petition', acting, key], queryFn: () => fetchPetition(key.value), enabled: computed(() => toValue(enabled) && key.value !== '') })
}
