import { ref, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Words typed to search by: the address follows them after a breath. */
export function useAddressWord(name = 'search'): { text: Ref<string>; put: (query: Record<string, string | undefined>) => void } {
  const route = useRoute()
  const router = useRouter()
  const put = (query: Record<string, string | undefined>) => { void router.replace({ query: { ...route.query, ...query } }) }
  const text = ref(typeof route.query[name] === 'string' ? route.query[name] : '')
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(text, (now) => {
    clearTimeout(pause)
    pause = setTimeout(() => { put({ [name]: now.trim() === '' ? undefined : now.trim() }) }, 300)
  })
  return { text, put }
}
