import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { isShared } from '@/lib/shared'
import type { Pending } from './pending'
import type { Sealed, VaultRecord } from './vault'

/** Edits that have not reached the server; what is personal of them, sealed. */
export interface KeptEdits {
  open: Pending | null
  sealed: Sealed | null
  touched: number
}

/** An answer read before, without what is personal; the whole of it sealed. */
export interface KeptAnswer {
  body: unknown
  sealed: Sealed | null
  touched: number
}

/** Whose it is, and what of. */
export type Place = [owner: string, id: string]

/** What this browser keeps of its people's work, so that it goes on without a network. */
interface Kept extends DBSchema {
  pending: { key: Place; value: KeptEdits }
  answers: { key: Place; value: KeptAnswer }
  vaults: { key: string; value: VaultRecord }
  /** Who worked here last. */
  owner: { key: 'owner'; value: string }
}

export type Store = IDBPDatabase<Kept>

export const DATABASE = 'jiceng'
const DAY = 86_400_000
const AGE = 30 * DAY
/** What is personal is kept for a shorter time, encrypted as it is. */
const SEALED_AGE = 7 * DAY

let opened: Promise<Store> | null = null
let owner: string | null = null
/** Everything waits until it is settled whose the contents are. */
let claimed: Promise<void> = Promise.resolve()

/** Of the first version's contents, what its owner had typed; answers are read anew. */
type First = (Pending & { touched: number })[]

function database(): Promise<Store> {
  opened ??= openDB<Kept>(DATABASE, 2, {
    async upgrade(made, before, _now, change) {
      let typed: First = []
      let whose: string | undefined
      if (before === 0) made.createObjectStore('owner')
      else {
        typed = (await change.objectStore('pending').getAll()) as unknown as First
        whose = await change.objectStore('owner').get('owner')
        made.deleteObjectStore('pending')
        made.deleteObjectStore('answers')
      }
      made.createObjectStore('pending')
      made.createObjectStore('answers')
      made.createObjectStore('vaults')
      if (whose === undefined) return
      for (const { touched, ...open } of typed) await change.objectStore('pending').put({ open, sealed: null, touched }, [whose, open.submission])
    },
    blocking() { void close() },
    terminated() { opened = null },
  }).catch((error: unknown) => {
    opened = null
    throw error
  })
  return opened
}

async function close(): Promise<void> {
  const was = opened
  opened = null
  ;(await was)?.close()
}

/**
 * Runs on what is kept of whoever works here. Undefined on a shared computer, where nobody has worked yet, and where the
 * browser keeps nothing (private window, full, forbidden).
 */
export async function withStore<T>(work: (store: Store, owner: string) => Promise<T>): Promise<T | undefined> {
  if (isShared() || typeof indexedDB === 'undefined') return undefined
  try {
    await claimed
    const store = await database()
    const whose = owner ?? (await store.get('owner', 'owner'))
    return whose === undefined ? undefined : await work(store, whose)
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

function inTurn(work: () => Promise<void>): Promise<void> {
  claimed = claimed.then(async () => { if (typeof indexedDB !== 'undefined') await work() }).catch((error: unknown) => {
    if (!(error instanceof DOMException)) throw error
  })
  return claimed
}

/** Whose work is kept from now on. Somebody else's stays for them, out of sight; what nobody asked for in its time goes. */
export function claim(account: string): Promise<void> {
  return inTurn(async () => {
    owner = account
    if (isShared()) {
      await destroy()
      return
    }
    const store = await database()
    await store.put('owner', account, 'owner')
    await expire(store, Date.now())
  })
}

async function expire(store: Store, now: number): Promise<void> {
  for (const name of ['pending', 'answers'] as const) {
    const change = store.transaction(name, 'readwrite')
    for (let at = await change.store.openCursor(); at !== null; at = await at.continue()) {
      const { sealed, touched } = at.value
      if (touched < now - AGE) await at.delete()
      else if (sealed !== null && sealed.at < now - SEALED_AGE) {
        if ('open' in at.value && at.value.open === null) await at.delete()
        else await at.update({ ...at.value, sealed: null })
      }
    }
    await change.done
  }
}

async function destroy(): Promise<void> {
  await close()
  await deleteDB(DATABASE)
}

/** Everything one person has here. */
export const everything = (whose: string) => IDBKeyRange.bound([whose], [whose, []])

/** Signed out, or the session was revoked: nothing of theirs stays, and nothing at all on a shared computer. */
export function wipe(): Promise<void> {
  return inTurn(async () => {
    const store = await database()
    const whose = owner ?? (await store.get('owner', 'owner'))
    owner = null
    if (whose !== undefined && !isShared()) {
      await store.delete('pending', everything(whose))
      await store.delete('answers', everything(whose))
      await store.delete('vaults', whose)
      await store.delete('owner', 'owner')
      if ((await store.count('pending')) > 0) return
    }
    await destroy()
  })
}
