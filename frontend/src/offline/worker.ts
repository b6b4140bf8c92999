import { watch } from 'vue'
import { isShared } from '@/lib/shared'

/**
 * The program itself, kept by a service worker so that a page opens without a network. Browsers allow one on HTTPS and
 * on the computer itself only; elsewhere drafts are kept all the same. None on a shared computer.
 */
export function watchWorker(signedIn: () => boolean): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  watch(signedIn, (now) => {
    if (now && !isShared()) {
      // Refused where a certificate isn't trusted: the pages then simply need the network.
      navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => undefined)
    }
  }, { immediate: true })
}
