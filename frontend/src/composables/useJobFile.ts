import { useQuery } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { download } from '@/api/http'
import { fetchJob } from '@/api/reporting'
import { useActingKey } from '@/queries/common'
import { useFeedback } from './useFeedback'

/** A job that makes a file: how far it is, and the file. Events hint, polling makes sure. */
export function useJobFile() {
  const acting = useActingKey()
  const { fail } = useFeedback()
  const jobId = ref<string | null>(null)
  const starting = ref(false)
  const ended = (state: string | undefined) => state === 'done' || state === 'failed'
  const job = useQuery({
    queryKey: ['job', acting, jobId],
    queryFn: () => fetchJob(jobId.value ?? ''),
    enabled: computed(() => jobId.value !== null),
    refetchInterval: (query) => (ended(query.state.data?.state) ? false : 1_500),
  })
  const running = computed(() => jobId.value !== null && !ended(job.data.value?.state) && !job.isError.value)
  const share = computed(() => Math.round(Number(job.data.value?.progress ?? 0) * 100))
  const file = computed(() => job.data.value?.file ?? null)
  const failed = computed(() => (job.data.value?.state === 'failed' ? job.data.value.message : null))

  async function start(ask: () => Promise<{ job_id: string }>): Promise<void> {
    starting.value = true
    try {
      jobId.value = (await ask()).job_id
    } catch (error) {
      fail(error)
    } finally {
      starting.value = false
    }
  }
  function forget(): void {
    jobId.value = null
  }
  async function fetchFile(): Promise<void> {
    if (file.value) await download(`files/${file.value.id}`, file.value.name).catch(fail)
  }
  return { start, starting, running, share, file, failed, forget, fetchFile }
}
