import { ref } from 'vue'
import { fetchRemembered, releaseHalf } from '@/api/auth'
import { isProblem } from '@/api/problem'
import { everything, withStore } from './database'

/**
 * What is personal is kept encrypted under a key that is in memory only while its owner has opened it. On the disk the key
 * lies wrapped by another, made of the PIN and of a half that the server gives for the right PIN alone: who has the disk
 * can't try PINs without the server, which forgets the device after five. So opening needs the server; keeping doesn't.
 */
export interface VaultRecord {
  device: string
  salt: Uint8Array<ArrayBuffer>
  iv: Uint8Array<ArrayBuffer>
  wrapped: ArrayBuffer
}

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
  at: number
  /** How many changes are in it. */
  n: number
}

/** none: this device has no PIN. insecure: the browser gives no cryptography to a page without HTTPS. */
export type VaultState = 'none' | 'insecure' | 'locked' | 'open'

/** OWASP's figure for PBKDF2 with SHA-256. */
const ROUNDS = 600_000
const CIPHER = 'AES-GCM'

export const vault = ref<VaultState>('none')
let key: CryptoKey | null = null

const bytes = (n: number) => crypto.getRandomValues(new Uint8Array(n))
const coded = (text: string) => new TextEncoder().encode(text)

async function wrapping(pin: string, half: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey('raw', coded(pin), 'PBKDF2', false, ['deriveBits'])
  const stretched = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', iterations: ROUNDS, salt }, typed, 256)
  const both = await crypto.subtle.importKey('raw', new Uint8Array([...new Uint8Array(stretched), ...coded(half)]), 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info: coded('jiceng vault') }, both, { name: CIPHER, length: 256 }, false, ['wrapKey', 'unwrapKey'])
}

async function made(device: string, pin: string, half: string): Promise<VaultRecord> {
  const [salt, iv] = [bytes(16), bytes(12)]
  const fresh = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, true, ['encrypt', 'decrypt'])
  return { device, salt, iv, wrapped: await crypto.subtle.wrapKey('raw', fresh, await wrapping(pin, half, salt), { name: CIPHER, iv }) }
}

async function unwrapped(record: VaultRecord, pin: string, half: string): Promise<CryptoKey> {
  return crypto.subtle.unwrapKey('raw', record.wrapped, await wrapping(pin, half, record.salt), { name: CIPHER, iv: record.iv }, CIPHER, false, ['encrypt', 'decrypt'])
}

/** For the PIN of this device, which the server counts. Raises pin_wrong; a device that is forgotten loses what it sealed. */
export async function openVault(pin: string): Promise<void> {
  if (!window.isSecureContext) return
  try {
    const { device_id: device, half } = await releaseHalf(pin)
    const found = await withStore((store, owner) => store.get('vaults', owner))
    // A PIN that was set anew began a new device: what the old one sealed can't be opened any more.
    const record: VaultRecord = found?.device === device ? found : await made(device, pin, half)
    const next = await unwrapped(record, pin, half)
    if (record !== found) {
      await dropSealed()
      await withStore((store, owner) => store.put('vaults', record, owner))
    }
    key = next
    vault.value = 'open'
  } catch (error) {
    if (isProblem(error, 'device_forgotten')) await dropSealed()
    throw error
  }
}

export function lockVault(): void {
  key = null
  vault.value = 'none'
}

/** Without a key what was sealed is worth nothing. */
async function dropSealed(): Promise<void> {
  lockVault()
  await withStore(async (store, owner) => {
    for (const name of ['pending', 'answers'] as const) {
      const change = store.transaction(name, 'readwrite')
      for (let at = await change.store.openCursor(everything(owner)); at !== null; at = await at.continue()) {
        if ('open' in at.value && at.value.open === null) await at.delete()
        else await at.update({ ...at.value, sealed: null })
      }
      await change.done
    }
    await store.delete('vaults', owner)
  })
}

/** Whether there is something to open. The server says, where it can be asked, whether it still knows this device. */
export async function settleVault(account: string): Promise<void> {
  if (!window.isSecureContext) {
    vault.value = 'insecure'
    return
  }
  const found = await withStore((store, owner) => store.get('vaults', owner))
  const remembered = await fetchRemembered().catch(() => null)
  if (remembered !== null && remembered.account_id !== account) await dropSealed()
  else if (key === null) vault.value = found || remembered ? 'locked' : 'none'
}

export async function seal(value: unknown, place: string, n = 0): Promise<Sealed | null> {
  if (key === null) return null
  const iv = bytes(12)
  const data = await crypto.subtle.encrypt({ name: CIPHER, iv, additionalData: coded(place) }, key, coded(JSON.stringify(value)))
  return { iv, data, at: Date.now(), n }
}

export async function unseal(sealed: Sealed | null | undefined, place: string): Promise<unknown> {
  if (key === null || !sealed) return undefined
  const plain = await crypto.subtle.decrypt({ name: CIPHER, iv: sealed.iv, additionalData: coded(place) }, key, sealed.data)
  return JSON.parse(new TextDecoder().decode(plain))
}
