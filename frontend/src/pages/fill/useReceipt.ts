import { computed, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Submission } from '@/api/types'
import { useWords } from '@/composables/useWords'

/** 回执: one sentence that can be forwarded; empty until the submission was handed in. */
export function useReceipt(submission: Ref<Submission>): ComputedRef<string> {
  const { t } = useI18n()
  const words = useWords()
  return computed(() => {
    const { receipt, form } = submission.value
    if (receipt === null) return ''
    return t('fill.done.text', {
      unit: receipt.unit, period: words.period(receipt.period), form: words.form(form), at: words.stamp(receipt.submitted_at),
      n: receipt.revision_no, by: receipt.by_name,
    })
  })
}
