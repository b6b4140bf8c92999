/** An address that a browser opens as a page, and nothing that it would run. */
const ADDRESS = /https?:\/\/[^\s<>"'，。；、（）]+/i
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+([/?#]\S*)?$/i

/**
 * The address in what somebody pasted: alone, inside a whole invitation, or without its https://. Empty for nothing,
 * null where there is none.
 */
export function linkIn(text: string): string | null {
  const plain = text.trim()
  if (plain === '') return ''
  const found = ADDRESS.exec(plain)
  if (found) return found[0]
  return HOST.test(plain) ? `https://${plain}` : null
}
