import type { FormDefinition } from '@/formula/types'
import { everything, withStore } from './database'
import { apart, countOf, secretsOf, together, type Pending } from './pending'
import { seal, unseal, vault } from './vault'

/** Where a fill page puts what it hasn't sent. */
export interface PendingStore {
  load: () => Promise<Pending | undefined>
  /** How many changes this browser keeps now; null where it keeps nothing. `personal`: something of it is not kept. */
  keep: (pending: Pending) => Promise<{ n: number; personal: boolean } | null>
  /** Everything reached the server; what is sealed and can't be read at the moment stays. */
  drop: () => Promise<void>
  /** Given up, sealed or not. */
  discard: () => Promise<void>
}

export function pendingStore(submission: string, definition: FormDefinition): PendingStore {
  const secrets = secretsOf(definition)
  const place = `pending ${submission}`
  let turn: Promise<unknown> = Promise.resolve()
  /** Encrypting takes a moment: what is said first is done first. */
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }
  async function put(open: Pending | null, secret: Pending | null): Promise<boolean> {
    const made = secret && (await seal(secret, place, countOf(secret)))
    const done = await withStore(async (store, owner) => {
      const at: [string, string] = [owner, submission]
      const change = store.transaction('pending', 'readwrite')
      const sealed = vault.value === 'open' ? made : ((await change.store.get(at))?.sealed ?? null)
      if (open === null && sealed === null) await change.store.delete(at)
      else await change.store.put({ open, sealed, touched: Date.now() }, at)
      await change.done
      return true
    })
    return done === true
  }
  return {
    load: () => next(async () => {
      const kept = await withStore((store, owner) => store.get('pending', [owner, submission]))
      return kept && together(kept.open, ((await unseal(kept.sealed, place)) as Pending | undefined) ?? null)
    }),
    keep: (pending) => next(async () => {
      // Reactive parts can't be cloned into a store.
      const { open, secret } = apart(JSON.parse(JSON.stringify(pending)) as Pending, secrets)
      const sealed = vault.value === 'open'
      if (!(await put(open, secret))) return null
      const count = (one: Pending | null) => (one === null ? 0 : countOf(one) + (one.reasons ? 1 : 0))
      return { n: count(open) + (sealed ? count(secret) : 0), personal: secret !== null && !sealed }
    }),
    drop: () => next(async () => { await put(null, null) }),
    discard: () => next(async () => { await withStore((store, owner) => store.delete('pending', [owner, submission])) }),
  }
}

/** How many sealed changes wait to be opened, of one report or of all. */
export async function countSealed(submission?: string): Promise<number> {
  const all = await withStore((store, owner) => store.getAll('pending', submission === undefined ? everything(owner) : IDBKeyRange.only([owner, submission])))
  return (all ?? []).reduce((sum, { sealed }) => sum + (sealed?.n ?? 0), 0)
}

/** How many changes of whoever works here have not reached the server. */
export async function countPending(): Promise<number> {
  const all = await withStore((store, owner) => store.getAll('pending', everything(owner)))
  return (all ?? []).reduce((sum, { open, sealed }) => sum + (open ? countOf(open) : 0) + (sealed?.n ?? 0), 0)
}
