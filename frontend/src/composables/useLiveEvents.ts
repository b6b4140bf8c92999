import { useQueryClient } from '@tanstack/vue-query'
import { onBeforeUnmount, onMounted } from 'vue'
import { apiUrl } from '@/api/http'

/** Events only hint that something changed; what is on the page is read again. Where a gateway buffers the stream, the pages' own polling remains. */
const AFFECTED: Record<string, string[]> = {
  inbox: ['inbox'],
  urgent: ['urgent', 'matter', 'inbox'],
  cycle: ['cycles', 'cycle', 'submissions', 'rollup', 'missing'],
  job: ['job', 'downloads'],
}

export function useLiveEvents(): void {
  const queries = useQueryClient()
  let source: EventSource | null = null

  /** Which things follow from an event; what concerns an urgent matter is seen at once by everybody of its line. */
  function reread(kind: string, data: string): void {
    if (kind === 'inbox' && data.includes('"urgent_matter"')) reread('urgent', '')
    for (const key of AFFECTED[kind] ?? []) void queries.invalidateQueries({ queryKey: [key] })
  }

  onMounted(() => {
    if (typeof EventSource === 'undefined') return
    source = new EventSource(apiUrl('events'), { withCredentials: true })
    for (const kind of Object.keys(AFFECTED)) source.addEventListener(kind, (event: MessageEvent<string>) => { reread(kind, event.data) })
  })
  onBeforeUnmount(() => { source?.close() })
}
