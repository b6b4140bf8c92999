import { createI18n } from 'vue-i18n'
import zhCN from './zh-CN'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: readonly { value: Locale; label: string }[] = [
  { value: 'zh-CN', label: '简体中文' },
  { value: 'en', label: 'English' },
]

const KEPT = 'jiceng.locale'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN } as Record<string, typeof zhCN>,
})

export function currentLocale(): Locale {
  return i18n.global.locale.value === 'en' ? 'en' : 'zh-CN'
}

const REST: Record<Locale, () => Promise<{ default: object }>> = { 'zh-CN': () => import('./zh-CN/rest'), en: () => import('./en/rest') }
const complete = new Map<Locale, Promise<void>>()

/** The words of the pages that nobody opens first, in the reader's language. */
export function loadRest(locale: Locale = currentLocale()): Promise<void> {
  const under = complete.get(locale)
  if (under) return under
  const now = REST[locale]().then(
    (messages) => { i18n.global.mergeLocaleMessage(locale, messages.default) },
    (error: unknown) => {
      // Asked for again by the next page.
      complete.delete(locale)
      throw error
    },
  )
  complete.set(locale, now)
  return now
}

export async function setLocale(locale: Locale): Promise<void> {
  if (locale === 'en' && !i18n.global.availableLocales.includes('en')) {
    const messages = await import('./en')
    i18n.global.setLocaleMessage('en', messages.default as unknown as typeof zhCN)
  }
  if (complete.size > 0) await loadRest(locale)
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  try {
    localStorage.setItem(KEPT, locale)
  } catch {
    // Storage may be switched off on a shared computer; the choice then lasts as long as the page.
  }
}

export async function restoreLocale(): Promise<void> {
  let kept: string | null
  try {
    kept = localStorage.getItem(KEPT)
  } catch {
    kept = null
  }
  if (kept === 'en') await setLocale('en')
}
