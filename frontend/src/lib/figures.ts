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

interface Scaled { digits: bigint; places: number }

function scaled(text: string): Scaled | null {
  const plain = parseFigure(text)
  if (plain === null || plain === undefined) return null
  const [whole = '0', decimals = ''] = plain.split('.')
  return { digits: BigInt(whole + decimals), places: decimals.length }
}

/** left − right, exactly; null when either is blank or no number. */
export function difference(left: string | null | undefined, right: string | null | undefined): string | null {
  const a = scaled(left ?? '')
  const b = scaled(right ?? '')
  if (a === null || b === null) return null
  const places = Math.max(a.places, b.places)
  const lift = (one: Scaled) => one.digits * 10n ** BigInt(places - one.places)
  const result = lift(a) - lift(b)
  const digits = (result < 0n ? -result : result).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const decimals = places === 0 ? '' : `.${digits.slice(-places)}`
  return parseFigure(`${result < 0n ? '-' : ''}${whole}${decimals}`) ?? null
}

/** A difference with its sign, for the eye: +3, −1,200, or a dash for none. */
export function signed(value: string | null): string {
  if (value === null) return ''
  if (value === '0') return '—'
  return value.startsWith('-') ? grouped(value) : `+${grouped(value)}`
}

/** Yuan as the printed sheets of township and county show it: ten thousands, two to six decimals kept exact. */
export function inTenThousands(yuan: string | null | undefined): string | null {
  const amount = scaled(yuan ?? '')
  if (amount === null) return null
  const places = amount.places + 4
  const negative = amount.digits < 0n
  const digits = (negative ? -amount.digits : amount.digits).toString().padStart(places + 1, '0')
  return parseFigure(`${negative ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`) ?? null
}

/** The exact sum of what is there; null when nothing is. */
export function total(values: readonly (string | null | undefined)[]): string | null {
  let sum: string | null = null
  for (const value of values) {
    if (value === null || value === undefined) continue
    sum = sum === null ? value : difference(sum, difference('0', value) ?? '0')
  }
  return sum
}
