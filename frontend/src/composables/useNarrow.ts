import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether the page is as narrow as a phone. */
export function useNarrow(query = '(max-width: 767px)'): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query)
  const narrow = ref(media.matches)
  const follow = (event: MediaQueryListEvent) => { narrow.value = event.matches }
  media.addEventListener('change', follow)
  onScopeDispose(() => { media.removeEventListener('change', follow) })
  return readonly(narrow)
}
