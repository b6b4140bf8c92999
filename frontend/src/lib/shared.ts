/** 公用电脑: whoever signs in may say that others use this computer too; then nothing is kept on it. */
const SHARED = 'jiceng.shared'
/** For the other windows of this browser: each has a session storage of its own. It ends with the browser. */
const COOKIE = 'jiceng_shared'

function said(): boolean {
  try {
    return sessionStorage.getItem(SHARED) === '1'
  } catch {
    // Storage is switched off: nothing can be kept here anyway.
    return true
  }
}

export function isShared(): boolean {
  return said() || document.cookie.split('; ').includes(`${COOKIE}=1`)
}

/** Said at each sign-in: it holds for every window, and what was said before no longer does. */
export function setShared(shared: boolean): void {
  document.cookie = shared ? `${COOKIE}=1; path=/; SameSite=Lax` : `${COOKIE}=; path=/; SameSite=Lax; max-age=0`
  try {
    if (shared) sessionStorage.setItem(SHARED, '1')
    else sessionStorage.removeItem(SHARED)
  } catch {
    // As above.
  }
}
