import { onScopeDispose, ref, type Ref } from 'vue'
import { now } from '@/lib/clock'

/** The server's time, as it goes on under a page. */
export function useTick(every: number): Ref<Date> {
  const at = ref(now())
  const timer = setInterval(() => { at.value = now() }, every)
  onScopeDispose(() => { clearInterval(timer) })
  return at
}
