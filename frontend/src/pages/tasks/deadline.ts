/** Deadlines as people set them: a day and a time in China, whatever the device's own zone is. */
const ZONE_HOURS = 8
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** "2026-11-27 17:00" in China as an instant. The last minute of a day means its last second. */
export function instantOf(local: string): string {
  const [day = '', time = ''] = local.split(' ')
  return `${day}T${time === '23:59' ? '23:59:59' : `${time}:00`}+08:00`
}

/** An instant as "2026-11-27 17:00" in China. */
export function localOf(iso: string): string {
  return new Date(Date.parse(iso) + ZONE_HOURS * HOUR).toISOString().slice(0, 16).replace('T', ' ')
}

/** Friday 17:00 of this week in China; of the next once it is past. */
export function fridayOf(now: Date): { local: string; next: boolean } {
  const china = new Date(now.getTime() + ZONE_HOURS * HOUR)
  const ahead = (5 - china.getUTCDay() + 7) % 7 - (china.getUTCDay() === 6 || china.getUTCDay() === 0 ? 7 : 0)
  let friday = new Date(china.getTime() + ahead * DAY)
  const at = () => `${friday.toISOString().slice(0, 10)} 17:00`
  const past = Date.parse(instantOf(at())) <= now.getTime()
  if (past) friday = new Date(friday.getTime() + 7 * DAY)
  return { local: at(), next: past }
}
