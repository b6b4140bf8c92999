import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { listSections } from '@/api/sections'
import { useActingKey } from './common'

/** A unit's sections; none asked for without a unit. */
export function useSections(unit: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(unit))
  const query = useQuery({ queryKey: ['sections', acting, key], queryFn: () => listSections(key.value), enabled: computed(() => key.value !== '') })
  const open = computed(() => (query.data.value?.items ?? []).filter((one) => !one.closed))
  return { query, open }
}
