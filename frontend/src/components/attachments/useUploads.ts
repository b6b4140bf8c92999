import { onBeforeUnmount, ref } from 'vue'
import { sendAttachment, type Attachment, type Slot } from '@/api/attachments'
import { NetworkDown } from '@/api/problem'
import { randomUuid } from '@/lib/ids'
import { shrunk } from './shrink'

/** What may be chosen; the server looks at the content. */
export const ACCEPT = '.jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.pptx,.doc,.xls,.txt,image/*'

export interface Upload {
  key: string
  file: File
  /** 0 to 1. */
  share: number
  state: 'sending' | 'lost' | 'refused'
  why: string
}

/** Files on their way. What a lost connection stopped goes again by itself when the network is back, under its key. */
export function useUploads(slot: () => Slot, explain: (error: unknown) => string, arrived: (made: Attachment) => void) {
  const uploads = ref<Upload[]>([])

  async function send(upload: Upload): Promise<void> {
    upload.state = 'sending'
    upload.share = 0
    try {
      const { content, name } = await shrunk(upload.file)
      const made = await sendAttachment(slot(), content, name, upload.key, (share) => { upload.share = share })
      drop(upload.key)
      arrived(made)
    } catch (error) {
      upload.state = error instanceof NetworkDown ? 'lost' : 'refused'
      upload.why = explain(error)
    }
  }
  function add(files: File[]): void {
    for (const file of files) {
      uploads.value.push({ key: randomUuid(), file, share: 0, state: 'sending', why: '' })
      const upload = uploads.value.at(-1)
      if (upload) void send(upload)
    }
  }
  function drop(key: string): void {
    uploads.value = uploads.value.filter((one) => one.key !== key)
  }
  function back(): void {
    for (const upload of uploads.value) if (upload.state === 'lost') void send(upload)
  }
  window.addEventListener('online', back)
  onBeforeUnmount(() => { window.removeEventListener('online', back) })
  return { uploads, add, again: send, drop }
}
