import { ref, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { remind as send } from '@/api/reporting'
import { useFeedback } from '@/composables/useFeedback'

/** 催报: one unit or, with null, all that have not reported. */
export function useRemind(cycle: MaybeRefOrGetter<string | undefined>) {
  const { t } = useI18n()
  const { done, fail } = useFeedback()
  const reminding = ref(false)

  async function remind(units: string[] | null): Promise<void> {
    const id = toValue(cycle)
    if (id === undefined) return
    reminding.value = true
    try {
      const { reminded } = await send(id, units)
      done(t('review.reminded', { n: reminded }))
    } catch (error) {
      fail(error)
    } finally {
      reminding.value = false
    }
  }

  return { remind, reminding }
}
