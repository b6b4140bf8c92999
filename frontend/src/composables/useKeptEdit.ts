import { ref, watch } from 'vue'
import { recalled, remember } from '@/offline/answers'

/** `base`: how it stood on the server when it was changed here. */
interface Kept<Body> { base: string; body: Body }

/** What is changed on something that is on the server already stays in this browser until it is saved there. It comes
 * back on what it was written on alone: once that has gone on, it is let go. */
export function useKeptEdit<Body>(place: () => string, stand: () => Body, take: (body: Body) => void) {
  const recovered = ref(false)
  let base: string | null = null
  let pause: ReturnType<typeof setTimeout> | undefined

  /** It stands here as on the server: from now on changes are kept, and what was kept of it comes back. */
  async function begin(): Promise<void> {
    const now = JSON.stringify(stand())
    base = now
    clearTimeout(pause)
    recovered.value = false
    const kept = (await recalled<Kept<Body> | null>(place()))?.body
    if (!kept) return
    if (kept.base !== now) return void remember(place(), null)
    if (JSON.stringify(stand()) !== now) return
    take(kept.body)
    recovered.value = true
  }
  watch(() => JSON.stringify(stand()), (now) => {
    if (base === null) return
    clearTimeout(pause)
    const [where, from] = [place(), base]
    pause = setTimeout(() => { void remember(where, now === from ? null : { base: from, body: JSON.parse(now) as Body }) }, 400)
  })
  return { recovered, begin }
}
