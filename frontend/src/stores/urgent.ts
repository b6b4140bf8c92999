import { defineStore } from 'pinia'
import { ref } from 'vue'
import { sendAttachment } from '@/api/attachments'
import { ApiProblem } from '@/api/problem'
import { reportMatter, type UrgentBody } from '@/api/urgent'
import { shrunk } from '@/components/attachments/shrink'
import { randomUuid } from '@/lib/ids'
import { recalled, remember } from '@/offline/answers'
import { useSession } from '@/stores/session'

interface Pending { body: UrgentBody; key: string; membership: string }
const PLACE = 'urgent'
const AGAIN = 10_000

/** A report of what can't wait, until the server has it: a lost connection keeps it, and it goes again under the same
 * key, from any page and after a reload. */
export const useUrgentReport = defineStore('urgent-report', () => {
  const pending = ref<Pending | null>(null)
  const sending = ref(false)
  let photos: File[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let told: (id: string) => void = () => undefined

  /** Its id once it is there; null while it is not, and is tried again. A refusal is thrown, and ends it. */
  async function send(): Promise<string | null> {
    const one = pending.value
    if (one === null || sending.value) return null
    clearTimeout(timer)
    sending.value = true
    try {
      const { id } = await reportMatter(one.body, one.key, one.membership)
      pending.value = null
      void remember(PLACE, null)
      await sendPhotos(id)
      told(id)
      return id
    } catch (error) {
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 401) {
        pending.value = null
        void remember(PLACE, null)
        throw error
      }
      timer = setTimeout(() => { retry() }, AGAIN)
      return null
    } finally {
      sending.value = false
    }
  }
  function retry(): void {
    send().catch(() => undefined) // A refusal has ended it; the person starts anew.
  }
  async function sendPhotos(id: string): Promise<void> {
    const chosen = photos
    photos = []
    for (const file of chosen) {
      try {
        const { content, name } = await shrunk(file)
        await sendAttachment({ subject: 'urgent_matter', id, kind: 'photo' }, content, name, randomUuid(), () => undefined)
      } catch {
        // The report is there, which is what counts; the photo can be added on its page.
      }
    }
  }
  function report(body: UrgentBody, membership: string, files: File[]): Promise<string | null> {
    pending.value = { body, key: randomUuid(), membership }
    photos = files
    void remember(PLACE, pending.value)
    return send()
  }
  /** What an earlier visit of this browser could not send. */
  async function resume(arrived: (id: string) => void): Promise<void> {
    told = arrived
    // Somebody else has signed in on this page since.
    if (pending.value !== null && !useSession().me?.memberships.some((one) => one.id === pending.value?.membership)) {
      pending.value = null
      photos = []
    }
    if (pending.value === null) pending.value = (await recalled<Pending | null>(PLACE))?.body ?? null
    retry()
    window.addEventListener('online', retry)
  }

  return { pending, sending, report, retry, resume }
})
