import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { fetchContact, fetchMonth, type MonthQuestion } from '@/api/months'
import { useActingKey } from './common'

/** Units down, everything due in a month across: those under `parent`, or with `everything` all at the bottom. */
export function useMonth(question: MaybeRefOrGetter<MonthQuestion>, enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  const key = computed(() => toValue(question))
  return useQuery({
    queryKey: ['month', acting, key], queryFn: () => fetchMonth(key.value), refetchInterval: 60_000,
    enabled: computed(() => toValue(enabled)),
  })
}

export function useContact(unit: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  const key = computed(() => toValue(unit))
  return useQuery({ queryKey: ['contact', acting, key], queryFn: () => fetchContact(key.value), enabled: computed(() => key.value !== '') })
}
