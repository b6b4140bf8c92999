/** 公用电脑: whoever signs in may say that others use this computer too; then nothing is kept on it. */
const SHARED = 'jiceng.shared'

export function isShared(): boolean {
  try {
    return sessionStorage.getItem(SHARED) === '1'
  } catch {
    // Storage is switched off: nothing can be kept here anyway.
    return true
  }
}

export function setShared(shared: boolean): void {
  try {
    if (shared) sessionStorage.setItem(SHARED, '1')
    else sessionStorage.removeItem(SHARED)
  } catch {
    // As above.
  }
}
