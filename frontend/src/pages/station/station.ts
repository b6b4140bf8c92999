import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { fetchStation, saveStation, type Given, type Station } from '@/api/station'
import { useCommands } from '@/composables/useCommands'
import { useActingKey } from '@/queries/common'

/** 1234567.80 with its thousands apart: text in, text out, so that no figure is rounded. */
export function yuan(amount: string | null | undefined): string {
  if (amount === null || amount === undefined) return ''
  const [whole = '', part = ''] = amount.split('.')
  return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}.${part.padEnd(2, '0')}`
}

/** An amount as it may be sent: at most two decimals; empty is not said. Null where it is none. */
export function amountOf(text: string): { value: string | null } | null {
  const plain = text.replace(/[,，\s]/g, '')
  if (plain === '') return { value: null }
  return /^\d{1,12}(\.\d{1,2})?$/.test(plain) ? { value: plain } : null
}

export function useStation(unit: MaybeRefOrGetter<string>) {
  const acting = useActingKey()
  return useQuery({ queryKey: ['station', acting, () => toValue(unit)], queryFn: () => fetchStation(toValue(unit)), enabled: () => toValue(unit) !== '' })
}

/** Saving a section on the version that is shown. */
export function useSaving() {
  const client = useQueryClient()
  const acting = useActingKey()
  const { busy, once } = useCommands(['stations', 'station'])
  async function save(at: Station, given: Given): Promise<boolean> {
    const answer = await once({ id: at.unit_id, version: at.version }, given.section, given, (key) => saveStation(at.unit_id, given, { version: at.version, key }))
    if (answer) client.setQueryData(['station', acting.value, at.unit_id], answer)
    return answer !== null
  }
  return { busy, save }
}
