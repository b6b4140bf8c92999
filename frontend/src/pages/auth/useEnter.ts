import { useRoute, useRouter } from 'vue-router'
import { homeFor } from '@/router'
import { useSession } from '@/stores/session'

/** Where sign-in leads: back to what was asked for, else to the person's own home. */
export function useEnter() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()

  function wanted(): string | null {
    const next = route.query.next
    // Only addresses of this application; "//host" would lead away from it.
    return typeof next === 'string' && next.startsWith('/') && !next.startsWith('//') ? next : null
  }

  async function enter(): Promise<void> {
    const next = wanted()
    if (session.me?.user.must_change_password) {
      await router.replace({ name: 'first-password', query: next === null ? {} : { next } })
      return
    }
    await router.replace(next ?? homeFor())
  }

  return { enter, wanted }
}
