import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { CycleBrief } from '@/api/types'
import { useCycles } from '@/queries/common'

/** A month shows what is reported for it, and the quarter, half-year or year that ends in it. */
function belongs(cycle: CycleBrief, month: string): boolean {
  return cycle.period.key === month || cycle.period.ends_on.startsWith(month)
}

/** The reporting month in the address, or that of the cycle in it; without either the newest that has anything. */
export function usePeriod() {
  const route = useRoute()
  const router = useRouter()
  const asked = computed(() => (typeof route.query.period === 'string' ? route.query.period : undefined))
  const cycles = useCycles(asked)
  const periods = computed(() => cycles.data.value?.periods ?? [])
  const named = computed(() => cycles.data.value?.items.find((one) => one.id === route.query.cycle))
  const period = computed(() => asked.value ?? named.value?.period.ends_on.slice(0, 7) ?? periods.value[0])
  const items = computed(() => {
    const all = cycles.data.value?.items ?? []
    const month = period.value
    return month === undefined || asked.value !== undefined ? all : all.filter((one) => belongs(one, month))
  })

  function choose(key: string): void {
    // The form stays; what was opened inside the other period doesn't exist in this one.
    const form = route.query.form
    void router.push({ query: form === undefined ? { period: key } : { period: key, form } })
  }

  return { cycles, items, periods, period, choose }
}
