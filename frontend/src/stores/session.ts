import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import * as auth from '@/api/auth'
import { mayHaveSession } from '@/api/http'
import { isProblem } from '@/api/problem'
import type { Id, Me, Membership, Role } from '@/api/types'
import { setShared } from '@/lib/shared'
import { recalled, remember, unreachable } from '@/offline/answers'
import { claim, wipe } from '@/offline/database'
import { lockVault, settleVault } from '@/offline/vault'

/** Who is signed in, and as which of their posts this tab is acting. The post comes from the address, never from the session. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const actingId = ref<Id | null>(null)
  let asked: Promise<void> | null = null

  const acting = computed<Membership | null>(
    () => me.value?.memberships.find((one) => one.id === actingId.value) ?? null,
  )
  const tier = computed(() => acting.value?.unit.tier ?? 'village')
  const auditor = computed(() => acting.value?.admin_kind === 'audit')

  function can(role: Role): boolean {
    return acting.value?.roles.includes(role) ?? false
  }

  function accept(next: Me): void {
    const other = me.value !== null && me.value.user.id !== next.user.id
    me.value = next
    if (!next.memberships.some((one) => one.id === actingId.value)) actingId.value = next.memberships[0]?.id ?? null
    if (other) lockVault()
    void claim(next.user.id).then(() => settleVault(next.user.id))
  }

  /** From the server, and kept for when it can't be reached. */
  function learn(next: Me): void {
    accept(next)
    void remember('me', next)
  }

  /** Without the server: whoever worked here last, while their session could still be open. */
  async function acceptKept(error: unknown): Promise<void> {
    const kept = unreachable(error) ? await recalled<Me>('me') : undefined
    if (kept === undefined) throw error
    accept(kept.body)
  }

  /** Asks the server once; a reader without a session is a normal answer, any other failure is the caller's. */
  function ensure(): Promise<void> {
    if (asked === null && !mayHaveSession()) return Promise.resolve()
    asked ??= auth.fetchMe().then(learn, async (error: unknown) => {
      asked = null
      if (isProblem(error, 'session_revoked')) await wipeAll()
      if (!isProblem(error) || error.status !== 401) await acceptKept(error)
    })
    return asked
  }

  /** Whoever the server has just let in, by whatever way. */
  function enter(next: Me): Me {
    learn(next)
    asked = Promise.resolve()
    return next
  }

  async function signIn(credentials: auth.Credentials): Promise<Me> {
    const next = await auth.signIn(credentials)
    setShared(credentials.shared ?? false)
    return enter(next)
  }

  /** What this browser kept of theirs, and the key to it. */
  async function wipeAll(): Promise<void> {
    lockVault()
    await wipe()
  }

  function forget(): void {
    lockVault()
    me.value = null
    actingId.value = null
    asked = null
  }

  async function signOut(): Promise<void> {
    await auth.signOut()
    await wipeAll()
    forget()
  }

  async function refresh(): Promise<void> {
    learn(await auth.fetchMe())
  }

  /** Acts for the unit in the address. False when the person holds no post there. */
  function actFor(unitId: Id): boolean {
    if (acting.value?.unit.id === unitId) return true
    const found = me.value?.memberships.find((one) => one.unit.id === unitId)
    if (!found) return false
    actingId.value = found.id
    return true
  }

  return { me, actingId, acting, tier, auditor, can, accept, ensure, enter, signIn, signOut, forget, refresh, actFor }
})
