import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

/** Narrower columns make figures wrap, and English headings, whose words can't be broken as Chinese ones can. */
export function useColumnWidths() {
  const { locale } = useI18n()
  const english = computed(() => locale.value === 'en')
  return {
    /** Of the heading at the side. */
    side: computed(() => (english.value ? 64 : 48)),
    /** The least a column of figures may have. */
    least: computed(() => (english.value ? 96 : 80)),
  }
}
