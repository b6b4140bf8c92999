import { withStore } from './database'
import type { Pending } from './pending'

/** Where a fill page puts what it hasn't sent. */
export interface PendingStore {
  load: () => Promise<Pending | undefined>
  /** False where this browser keeps nothing. */
  keep: (pending: Pending) => Promise<boolean>
  drop: () => Promise<void>
}

export function pendingStore(submission: string): PendingStore {
  return {
    load: () => withStore((store) => store.get('pending', submission)),
    keep: async (pending) => {
      // Reactive parts can't be cloned into a store.
      const plain = JSON.parse(JSON.stringify(pending)) as Pending
      const done = await withStore(async (store) => {
        await store.put('pending', { ...plain, touched: Date.now() })
        return true
      })
      return done === true
    },
    drop: async () => { await withStore((store) => store.delete('pending', submission)) },
  }
}

export async function allPending(): Promise<Pending[]> {
  return (await withStore((store) => store.getAll('pending'))) ?? []
}
