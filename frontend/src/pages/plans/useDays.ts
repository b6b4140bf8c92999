import { useI18n } from 'vue-i18n'
import { daysOf } from './plans'

/** The days of a line of a plan, in the reader's words. */
export function useDays() {
  const { t } = useI18n()
  return (line: { start_on: string; end_on: string }) => {
    const { word, ...numbers } = daysOf(line)
    return t(word, numbers)
  }
}
