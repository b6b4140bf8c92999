/**
 * Exact numbers: the server's fixed-point arithmetic (`platform/forms/formula/numbers.py`), digit for digit.
 *
 * A number is a bigint that counts units of 10^-20. Sums are exact; products and quotients are rounded half up at the
 * 20th decimal. What reaches 10^40 is refused by `within`.
 */

export type Num = bigint

const PLACES = 20
const ZERO = BigInt(0)
const ONE = BigInt(1)
const POWERS = Array.from({ length: 41 }, (_, n) => BigInt(`1${'0'.repeat(n)}`))

const SCALE = power(PLACES)
const LIMIT = power(40) * SCALE
/** Digits before the point that a cell may hold. */
export const CELL_DIGITS = 18
const CELL_LIMIT = power(CELL_DIGITS) * SCALE

function power(exponent: number): bigint {
  const found = POWERS[exponent]
  if (found === undefined) throw new RangeError(`10^${exponent}`)
  return found
}

/** Reads plain notation, as stored and as in formula trees. */
export function parse(text: string): Num {
  const negative = text.startsWith('-')
  const [whole = '', part = ''] = (negative ? text.slice(1) : text).split('.')
  const size = BigInt(whole + part.slice(0, PLACES).padEnd(PLACES, '0'))
  return negative ? -size : size
}

/** Plain notation without trailing zeros: the one way that a number is written. */
export function plain(value: Num): string {
  const digits = (value < ZERO ? -value : value).toString().padStart(PLACES + 1, '0')
  const part = digits.slice(-PLACES).replace(/0+$/, '')
  return `${value < ZERO ? '-' : ''}${digits.slice(0, -PLACES)}${part ? `.${part}` : ''}`
}

export function fromInteger(value: number): Num {
  return BigInt(value) * SCALE
}

export function product(left: Num, right: Num): Num {
  return divideHalfUp(left * right, SCALE)
}

/** Callers ask first whether the divisor is zero. */
export function quotient(left: Num, right: Num): Num {
  return divideHalfUp(left * SCALE, right)
}

export function toPlaces(value: Num, places: number): Num {
  const unit = power(PLACES - places)
  return divideHalfUp(value, unit) * unit
}

export function isWithin(value: Num): boolean {
  return -LIMIT < value && value < LIMIT
}

export function fitsCell(value: Num): boolean {
  return -CELL_LIMIT < value && value < CELL_LIMIT
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < ZERO !== divisor < ZERO
  const a = dividend < ZERO ? -dividend : dividend
  const b = divisor < ZERO ? -divisor : divisor
  const rest = a % b
  const size = a / b + (rest + rest >= b ? ONE : ZERO)
  return negative ? -size : size
}
