import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import type { PlaceState, StaffKind, TrainingKind, TrainingState } from '@/api/training'
import type { Tone } from '@/components/ui/states'
import { useFeedback } from '@/composables/useFeedback'

export const KINDS: readonly TrainingKind[] = ['professional', 'pre_service', 'policy', 'confidentiality', 'safety', 'education', 'other']
export const STAFF_KINDS: readonly StaffKind[] = ['full_time', 'part_time', 'public_welfare', 'contracted', 'volunteer', 'other']
export const TRAINING_TONES: Record<TrainingState, Tone> = { announced: 'pending', held: 'soon', concluded: 'approved', cancelled: 'idle' }
export const PLACE_TONES: Record<PlaceState, Tone> = { signed_up: 'pending', attended: 'approved', absent: 'late', withdrawn: 'idle' }

/** What follows from any act on a training, a roster or a pledge: read again. */
const FOLLOWING = ['trainings', 'training', 'places', 'invitations', 'roster', 'station', 'stations', 'hours', 'pledges', 'inbox']

/** One act at a time: while it runs `busy` names it, a refusal is told, and what depends on it is read again. */
export function useAct() {
  const client = useQueryClient()
  const { done, fail } = useFeedback()
  const busy = ref<string | null>(null)

  async function act<T>(name: string, send: () => Promise<T>, said?: string): Promise<T | null> {
    busy.value = name
    try {
      const answer = await send()
      if (said !== undefined) done(said)
      return answer ?? (true as T)
    } catch (error) {
      fail(error)
      return null
    } finally {
      busy.value = null
      for (const key of FOLLOWING) void client.invalidateQueries({ queryKey: [key] })
    }
  }
  return { busy, act }
}

/** 4.0 学时 is written 4. */
export const plainHours = (hours: string | null) => (hours === null ? '' : String(Number(hours)))
