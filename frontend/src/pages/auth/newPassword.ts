export const SHORTEST = 10

/** The key of what is wrong with a new password, or null. The server decides; this saves a round trip. */
export function passwordTrouble(next: string, again: string, current?: string): string | null {
  if (next.length < SHORTEST) return 'auth.first.short'
  if (next !== again) return 'auth.first.mismatch'
  return current !== undefined && current === next ? 'auth.first.same' : null
}
