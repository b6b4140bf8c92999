import { get, headersFor, post, apiUrl, fetchBlob } from './http'
import { ApiProblem, NetworkDown, type ProblemBody } from './problem'
import type { components } from './schema'
import type { Id } from './types'

export type Attachment = components['schemas']['AttachmentOut']
export type AttachmentPage = components['schemas']['AttachmentPage']

/** What a file belongs to, and what it is to it. */
export interface Slot {
  subject: string
  id: Id
  kind: string
}

export const listAttachments = (slot: Slot) => get<AttachmentPage>('attachments', { query: { subject_kind: slot.subject, subject_id: slot.id } })
export const withdrawAttachment = (id: Id) => post<Attachment>(`attachments/${id}/withdraw`)
export const restoreAttachment = (id: Id) => post<Attachment>(`attachments/${id}/restore`)
export const readAttachment = (id: Id) => fetchBlob(`attachments/${id}`)

/** Sends a file as it is. Only XMLHttpRequest tells how far an upload is. The key makes a repeat harmless. */
export function sendAttachment(slot: Slot, file: Blob, name: string, key: string, progress: (share: number) => void): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', apiUrl('attachments', { subject_kind: slot.subject, subject_id: slot.id, kind: slot.kind, name }))
    headersFor('POST', { idempotencyKey: key }).forEach((value, header) => { request.setRequestHeader(header, value) })
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total) }
    const lost = () => { reject(new NetworkDown(new Error('upload'))) }
    request.onerror = lost
    request.ontimeout = lost
    request.onabort = lost
    request.onload = () => {
      let body: unknown = {}
      try {
        body = JSON.parse(request.responseText)
      } catch {
        // A gateway's own error page: the status is all there is.
      }
      if (request.status >= 200 && request.status < 300) resolve(body as Attachment)
      else reject(new ApiProblem(request.status, body as ProblemBody))
    }
    request.send(file)
  })
}
