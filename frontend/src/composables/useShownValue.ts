import { useI18n } from 'vue-i18n'
import { isNumeric } from '@/components/grid/reading'
import type { ValueRules } from '@/formula/types'
import { grouped } from '@/lib/figures'
import { useLabel } from './useLabel'

/** A stored value as it is read: figures separated, a choice by its label in the reader's language. */
export function useShownValue() {
  const { t } = useI18n()
  const say = useLabel()
  return (rules: ValueRules | undefined, value: string | null | undefined): string => {
    if (value === null || value === undefined || value === '' || rules === undefined) return value ?? ''
    if (isNumeric(rules)) return grouped(value)
    if (rules.type === 'yes_no') return value === '是' ? t('grid.yes') : value === '否' ? t('grid.no') : value
    if (rules.type !== 'choice') return value
    const choice = rules.choices.find((one) => one.value === value)
    return choice ? say(choice.label) : value
  }
}
