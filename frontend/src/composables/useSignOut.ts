import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { countPending } from '@/offline/pendingStore'
import { useSession } from '@/stores/session'
import { useFeedback } from './useFeedback'

/** Signing out takes what this browser kept with it; what the server doesn't have yet is asked about first. */
export function useSignOut() {
  const { t } = useI18n()
  const session = useSession()
  const queries = useQueryClient()
  const router = useRouter()
  const { ask, fail } = useFeedback()

  return async function signOut(): Promise<void> {
    const n = await countPending()
    if (n > 0 && !(await ask(t('offline.signOutAsk', { n }), t('layout.signOut'), t('offline.signOutGo')))) return
    try {
      await session.signOut()
      queries.clear()
      await router.push({ name: 'sign-in', query: { out: '1' } })
    } catch (error) {
      fail(error)
    }
  }
}
