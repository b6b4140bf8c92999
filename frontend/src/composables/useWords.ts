import { useI18n } from 'vue-i18n'
import { clockTime, daysUntil, exactStamp, isPast, periodLabel, plainDate, shortDate, stamp } from '@/lib/time'

const ORDER = ['reporter', 'reviewer', 'leader', 'administrator', 'system', 'security', 'audit']

/** Times, periods and posts in the reader's words. */
export function useWords() {
  const { t, locale } = useI18n()

  function timeLeft(iso: string): string {
    const days = daysUntil(iso)
    if (isPast(iso)) return days === 0 ? t('time.lateToday') : t('time.lateDays', { n: -days })
    if (days === 0) return t('time.today')
    return days === 1 ? t('time.tomorrow') : t('time.daysLeft', { n: days })
  }

  const form = (one: { name: string; name_en: string }) => (locale.value === 'en' ? one.name_en : one.name)

  return {
    form,
    timeLeft,
    clockTime,
    period: (key: string) => periodLabel(key, locale.value),
    date: (iso: string) => shortDate(iso, locale.value),
    day: (iso: string) => plainDate(iso, locale.value),
    stamp: (iso: string) => stamp(iso, locale.value),
    exactStamp,
    /** Posts in the order people name them, whatever order they were granted in. */
    roles: (held: readonly string[]) => ORDER.filter((role) => held.includes(role)).map((role) => t(`role.${role}`)).join(t('mark.comma')),
  }
}
