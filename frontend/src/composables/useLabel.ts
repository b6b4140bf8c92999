import { useI18n } from 'vue-i18n'
import type { Label } from '@/formula/types'

/** The words of a form in the reader's language. */
export function useLabel() {
  const { locale } = useI18n()
  return (label: Label | null | undefined): string => {
    if (label === null || label === undefined) return ''
    return locale.value === 'en' ? label.en : label.zh
  }
}
