import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { listUnits } from '@/api/admin'
import { fetchSite } from '@/api/auth'
import { listForms } from '@/api/forms'
import { fetchInbox, listCycles } from '@/api/reporting'
import { useSession } from '@/stores/session'

/** Every key begins with the acting membership: two posts of one person never share an answer. */
export function useActingKey() {
  const session = useSession()
  return computed(() => session.actingId ?? '')
}

export function useSite() {
  return useQuery({ queryKey: ['site'], queryFn: fetchSite, staleTime: 300_000 })
}

export function useInbox() {
  const acting = useActingKey()
  return useQuery({ queryKey: ['inbox', acting], queryFn: fetchInbox, refetchInterval: 120_000 })
}

export function useCycles(period: MaybeRefOrGetter<string | undefined>) {
  const acting = useActingKey()
  const key = computed(() => toValue(period))
  return useQuery({ queryKey: ['cycles', acting, key], queryFn: () => listCycles(key.value) })
}

export function useUnits(enabled: MaybeRefOrGetter<boolean> = true, asOf?: MaybeRefOrGetter<string | undefined>) {
  const acting = useActingKey()
  const day = computed(() => toValue(asOf))
  return useQuery({
    queryKey: ['units', acting, day], queryFn: () => listUnits(day.value), staleTime: 60_000,
    enabled: computed(() => toValue(enabled)),
  })
}

export function useForms(enabled: MaybeRefOrGetter<boolean> = true) {
  const acting = useActingKey()
  return useQuery({
    queryKey: ['forms', acting], queryFn: listForms, staleTime: 60_000, enabled: computed(() => toValue(enabled)),
  })
}
