/** Identity numbers and wildcards: the server's `platform/forms/formula/identity.py`. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_CHARACTERS = '10X98765432'

/** Whether this is a citizen's identity number: 18 characters with a check character, or 15 digits of old. */
export function validId(typed: string): boolean {
  const number = typed.toUpperCase()
  if (/^[1-9][0-9]{14}$/.test(number)) return isBirthDate(`19${number.slice(6, 12)}`)
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(number) || !isBirthDate(number.slice(6, 14))) return false
  const total = WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(number[place]), 0)
  return number[17] === CHECK_CHARACTERS[total % 11]
}

function isBirthDate(digits: string): boolean {
  const [year, month, day] = [Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6))]
  return year >= 1850 && isDate(year, month, day)
}

export function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day <= (lengths[month - 1] ?? 0)
}

/** Whether the whole text fits a pattern in which `*` stands for any run of characters and `?` for one. */
export function matches(wholeText: string, wholePattern: string): boolean {
  const text = Array.from(wholeText)
  const pattern = Array.from(wholePattern)
  let place = 0
  let spot = 0
  let star = -1
  let mark = 0
  while (place < text.length) {
    if (pattern[spot] === '*') {
      star = spot++
      mark = place
    } else if (spot < pattern.length && (pattern[spot] === '?' || pattern[spot] === text[place])) {
      place++
      spot++
    } else if (star >= 0) {
      place = ++mark
      spot = star + 1
    } else {
      return false
    }
  }
  return pattern.slice(spot).every((sign) => sign === '*')
}

/** Characters as people count them: a rare character outside the basic plane is one. */
export function length(text: string): number {
  return Array.from(text).length
}
