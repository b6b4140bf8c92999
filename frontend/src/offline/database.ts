import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { isShared } from '@/lib/shared'
import type { Pending } from './pending'

/** What this browser keeps of one person's work, so that it goes on without a network. */
interface Kept extends DBSchema {
  /** Edits that have not reached the server, by submission. */
  pending: { key: string; value: Pending & { touched: number } }
  /** Answers read before, by address and acting post. Nothing personal is among them. */
  answers: { key: string; value: { key: string; body: unknown; touched: number } }
  owner: { key: 'owner'; value: string }
}

export type Store = IDBPDatabase<Kept>

export const DATABASE = 'jiceng'
const DAYS = 30
const AGE = DAYS * 86_400_000

let opened: Promise<Store> | null = null
/** Everything waits until it is settled whose the contents are. */
let claimed: Promise<void> = Promise.resolve()

function database(): Promise<Store> {
  opened ??= openDB<Kept>(DATABASE, 1, {
    upgrade(made) {
      made.createObjectStore('pending', { keyPath: 'submission' })
      made.createObjectStore('answers', { keyPath: 'key' })
      made.createObjectStore('owner')
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

/** Runs on the store. Undefined on a shared computer, and where the browser keeps nothing (private window, full, forbidden). */
export async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T | undefined> {
  if (isShared() || typeof indexedDB === 'undefined') return undefined
  try {
    await claimed
    return await work(await database())
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

/** Whose work is kept from now on: somebody else's goes, and what nobody asked for in thirty days. */
export function claim(account: string): Promise<void> {
  claimed = claimed.then(() => settle(account)).catch((error: unknown) => {
    if (!(error instanceof DOMException)) throw error
  })
  return claimed
}

async function settle(account: string): Promise<void> {
  if (typeof indexedDB === 'undefined') return
  if (isShared()) {
    await destroy()
    return
  }
  let store = await database()
  const owner = await store.get('owner', 'owner')
  if (owner !== undefined && owner !== account) {
    await destroy()
    store = await database()
  }
  if (owner !== account) await store.put('owner', account, 'owner')
  await expire(store, Date.now() - AGE)
}

async function expire(store: Store, before: number): Promise<void> {
  for (const name of ['pending', 'answers'] as const) {
    const change = store.transaction(name, 'readwrite')
    for (let at = await change.store.openCursor(); at !== null; at = await at.continue()) {
      if (at.value.touched < before) await at.delete()
    }
    await change.done
  }
}

async function destroy(): Promise<void> {
  await close()
  await deleteDB(DATABASE)
}

/** Signed out, or the session was revoked: nothing stays. */
export function wipe(): Promise<void> {
  claimed = claimed.then(async () => { if (typeof indexedDB !== 'undefined') await destroy() }).catch((error: unknown) => {
    if (!(error instanceof DOMException)) throw error
  })
  return claimed
}

export { close as closeStore }
