import { onMounted, reactive, ref, watch } from 'vue'
import { ApiProblem } from '@/api/problem'
import { randomUuid } from '@/lib/ids'
import { recalled, remember } from '@/offline/answers'

interface Rules<Draft> {
  /** Whether there is anything in it worth keeping. */
  worth: (draft: Draft) => boolean
  /** What of a draft that was found still holds. */
  mend?: (kept: Draft) => Partial<Draft>
  /** What may not be kept in a browser. */
  secret?: (draft: Draft) => boolean
}

/** What is typed stays in this browser until it is sent, and is sent once however often it is tried. */
export function useKeptDraft<Draft extends object>(place: string, blank: () => Draft, { worth, mend, secret }: Rules<Draft>) {
  const draft = reactive<Draft>(blank())
  const ready = ref(false)
  const recovered = ref(false)
  const busy = ref(false)
  let pause: ReturnType<typeof setTimeout> | undefined
  let attempt: { what: string; key: string } | null = null

  onMounted(async () => {
    const kept = (await recalled<Draft | null>(place))?.body
    if (kept && worth(kept)) {
      Object.assign(draft, blank(), kept, mend?.(kept) ?? {})
      recovered.value = true
    }
    ready.value = true
  })
  watch(draft, (now) => {
    if (!ready.value) return
    clearTimeout(pause)
    pause = setTimeout(() => { void remember(place, secret?.(now as Draft) ? null : now) }, 400)
  })
  function clear(): void {
    Object.assign(draft, blank())
    recovered.value = false
  }

  /** Null when it could not be sent; the same body tried again carries the same key. */
  async function send<Made>(body: object, post: (key: string) => Promise<Made>, fail: (error: unknown) => void): Promise<Made | null> {
    const what = JSON.stringify(body)
    attempt = attempt?.what === what ? attempt : { what, key: randomUuid() }
    busy.value = true
    try {
      const made = await post(attempt.key)
      clearTimeout(pause)
      ready.value = false
      await remember(place, null)
      return made
    } catch (error) {
      if (error instanceof ApiProblem && error.status < 500) attempt = null
      fail(error)
      return null
    } finally {
      busy.value = false
    }
  }

  return { draft, ready, recovered, busy, clear, send }
}
