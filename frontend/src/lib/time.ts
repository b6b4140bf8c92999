import { now } from './clock'

/** Deadlines and stamps are read in Beijing time wherever the reader's device thinks it is. */
const ZONE = 'Asia/Shanghai'
const DAY = 86_400_000

interface Parts { year: number; month: number; day: number; hour: string; minute: string; second: string }

const splitter = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE, year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
})

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const monthName = (month: number) => MONTHS[month - 1] ?? ''

function partsOf(at: Date): Parts {
  const found: Record<string, string> = {}
  for (const { type, value } of splitter.formatToParts(at)) found[type] = value
  return {
    year: Number(found.year), month: Number(found.month), day: Number(found.day),
    hour: found.hour === '24' ? '00' : (found.hour ?? '00'), minute: found.minute ?? '00', second: found.second ?? '00',
  }
}

function dayNumber(at: Date): number {
  const { year, month, day } = partsOf(at)
  return Math.round(Date.UTC(year, month - 1, day) / DAY)
}

/** Calendar days from today to the moment: 0 is today, negative is past. */
export function daysUntil(iso: string, from: Date = now()): number {
  return dayNumber(new Date(iso)) - dayNumber(from)
}

export function isPast(iso: string, from: Date = now()): boolean {
  return Date.parse(iso) < from.getTime()
}

/** Today in China as 2026-11-23. */
export function chinaToday(): string {
  const { year, month, day } = partsOf(now())
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

export function clockTime(iso: string): string {
  const { hour, minute } = partsOf(new Date(iso))
  return `${hour}:${minute}`
}

export function shortDate(iso: string, locale: string): string {
  const { month, day } = partsOf(new Date(iso))
  return locale.startsWith('zh') ? `${String(month)}月${String(day)}日` : `${String(day)} ${monthName(month).slice(0, 3)}`
}

/** A date without a time ("2027-12-31") belongs to no zone and is only rearranged. */
export function plainDate(iso: string, locale: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-')
  return locale.startsWith('zh') ? `${year}年${String(Number(month))}月${String(Number(day))}日` : `${String(Number(day))} ${monthName(Number(month))} ${year}`
}

export function stamp(iso: string, locale: string): string {
  const at = partsOf(new Date(iso))
  const day = shortDate(iso, locale)
  const dated = at.year === partsOf(now()).year ? day : locale.startsWith('zh') ? `${String(at.year)}年${day}` : `${day} ${String(at.year)}`
  return `${dated} ${at.hour}:${at.minute}`
}

/** For a record that must stand by itself: the whole date, to the second. */
export function exactStamp(iso: string): string {
  const at = partsOf(new Date(iso))
  return `${isoDate(new Date(iso))} ${at.hour}:${at.minute}:${at.second}`
}

export function isoDate(at: Date = now()): string {
  const { year, month, day } = partsOf(at)
  return [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
}

/** "2026-11" → 2026年11月, "2026-Q4" → 2026年第4季度, "2026-H1" → 2026年上半年, "2026" → 2026年. Other keys are shown as they are. */
export function periodLabel(key: string, locale: string): string {
  const zh = locale.startsWith('zh')
  const month = /^(\d{4})-(\d{2})$/.exec(key)
  if (month) return zh ? `${month[1] ?? ''}年${String(Number(month[2]))}月` : `${monthName(Number(month[2]))} ${month[1] ?? ''}`
  const quarter = /^(\d{4})-?Q(\d)$/.exec(key)
  if (quarter) return zh ? `${quarter[1] ?? ''}年第${quarter[2] ?? ''}季度` : `Q${quarter[2] ?? ''} ${quarter[1] ?? ''}`
  const tenDays = /^(\d{4})-(\d{2})-T([123])$/.exec(key)
  if (tenDays) return zh ? `${tenDays[1] ?? ''}年${String(Number(tenDays[2]))}月${'上中下'[Number(tenDays[3]) - 1] ?? ''}旬` : `${['Early', 'Mid', 'Late'][Number(tenDays[3]) - 1] ?? ''} ${monthName(Number(tenDays[2]))} ${tenDays[1] ?? ''}`
  const half = /^(\d{4})-?H([12])$/.exec(key)
  if (half) return zh ? `${half[1] ?? ''}年${half[2] === '1' ? '上' : '下'}半年` : `${half[2] === '1' ? 'First' : 'Second'} half of ${half[1] ?? ''}`
  // What a task asks once bears the day it was asked.
  const once = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key)
  if (once) return zh ? `${once[1] ?? ''}年${String(Number(once[2]))}月${String(Number(once[3]))}日` : `${String(Number(once[3]))} ${monthName(Number(once[2]))} ${once[1] ?? ''}`
  if (/^\d{4}$/.test(key)) return zh ? `${key}年` : key
  return key
}
