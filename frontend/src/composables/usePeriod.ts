import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useCycles } from '@/queries/common'

/** The reporting period in the address; without one the server's current period is shown. */
export function usePeriod() {
  const route = useRoute()
  const router = useRouter()
  const asked = computed(() => (typeof route.query.period === 'string' ? route.query.period : undefined))
  const cycles = useCycles(asked)
  const periods = computed(() => cycles.data.value?.periods ?? [])
  const period = computed(() => asked.value ?? cycles.data.value?.items[0]?.period.key ?? periods.value[0])

  function choose(key: string): void {
    // The form stays; what was opened inside the other period doesn't exist in this one.
    const form = route.query.form
    void router.push({ query: form === undefined ? { period: key } : { period: key, form } })
  }

  return { cycles, periods, period, choose }
}
