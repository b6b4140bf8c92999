/** Figures are decimal strings and stay strings: this file only arranges their digits for the eye. */

const PLAIN = /^([+-]?)(\d+)(?:\.(\d+))?$/

export function isDecimal(text: string): boolean {
  return PLAIN.test(text)
}

/** Thousands separated, decimals as stored or padded to `places`. What isn't a number is shown as it is. */
export function grouped(value: string | null | undefined, places?: number): string {
  if (value === null || value === undefined) return ''
  const found = PLAIN.exec(value)
  if (!found) return value
  const whole = (found[2] ?? '0').replace(/\B(?=(\d{3})+$)/g, ',')
  let decimals = found[3] ?? ''
  if (places !== undefined) decimals = decimals.padEnd(places, '0')
  return `${found[1] === '-' ? '−' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`
}

/** Full-width digits and signs as an input method leaves them, separators as Excel writes them. */
function halfWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00A0]/g, ' ')
    .replace(/\u2212/g, '-')
    .replace(/。/g, '.')
}

/**
 * The decimal that was meant, as a plain string without needless zeros; null for blank; undefined for what is no number.
 * Accepts what people paste: 1,234.50, １２３, ¥300, (12) for minus twelve, a dash for blank.
 */
export function parseFigure(typed: string): string | null | undefined {
  let text = halfWidth(typed).trim()
  if (text === '' || text === '-' || text === '—' || text === '/') return null
  const accounting = /^\((.*)\)$/.exec(text)
  if (accounting) text = `-${(accounting[1] ?? '').trim()}`
  text = text.replace(/[¥￥$]/g, '').replace(/[元%]$/, '').trim()
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) text = text.replace(/,/g, '')
  if (/^[+-]?\.\d+$/.test(text)) text = text.replace('.', '0.')
  if (/^[+-]?\d+\.$/.test(text)) text = text.slice(0, -1)
  const found = PLAIN.exec(text)
  if (!found) return undefined
  const whole = (found[2] ?? '0').replace(/^0+(?=\d)/, '')
  const decimals = (found[3] ?? '').replace(/0+$/, '')
  const negative = found[1] === '-' && (whole !== '0' || decimals !== '')
  return `${negative ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`
}

/** Whether two stored figures are the same amount, however they were written. */
export function sameFigure(left: string | null | undefined, right: string | null | undefined): boolean {
  if ((left ?? null) === null || (right ?? null) === null) return (left ?? null) === (right ?? null)
  const a = parseFigure(left ?? '')
  const b = parseFigure(right ?? '')
  return a === undefined || b === undefined ? left === right : a === b
}
