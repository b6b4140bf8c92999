import { useQueryClient } from '@tanstack/vue-query'
import { onBeforeUnmount, onMounted } from 'vue'
import { apiUrl } from '@/api/http'

/** Events only hint that something changed; what is on the page is read again. Where a gateway buffers the stream, the pages' own polling remains. */
const AFFECTED: Record<string, string[]> = {
  inbox: ['inbox'],
  cycle: ['cycles', 'cycle', 'submissions', 'rollup', 'missing'],
  job: ['job', 'downloads'],
}

export function useLiveEvents(): void {
  const queries = useQueryClient()
  let source: EventSource | null = null

  function reread(kind: string): void {
    for (const key of AFFECTED[kind] ?? []) void queries.invalidateQueries({ queryKey: [key] })
  }

  onMounted(() => {
    if (typeof EventSource === 'undefined') return
    source = new EventSource(apiUrl('events'), { withCredentials: true })
    for (const kind of Object.keys(AFFECTED)) source.addEventListener(kind, () => { reread(kind) })
  })
  onBeforeUnmount(() => { source?.close() })
}
