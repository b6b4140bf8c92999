import type { Receipt } from '@/api/notices'

export interface TownshipReading { id: string; name: string; read: number; total: number }

/** The township that a receipt belongs to: the unit itself, or the one above it. */
const townshipOf = (one: Receipt) => (one.tier === 'township' ? one.unit_id : (one.above_id ?? ''))

/** How far each township is, those with the most unread first; a name that is not in today's tree is left out. */
export function townshipsOf(items: readonly Receipt[], units: readonly { id: string; name: string; tier: string }[]): TownshipReading[] {
  const found = new Map<string, TownshipReading>()
  for (const unit of units) if (unit.tier === 'township') found.set(unit.id, { id: unit.id, name: unit.name, read: 0, total: 0 })
  for (const one of items) {
    const line = found.get(townshipOf(one))
    if (!line) continue
    line.total += 1
    if (one.read_at !== null) line.read += 1
  }
  return [...found.values()].filter((one) => one.total > 0).sort((a, b) => b.total - b.read - (a.total - a.read))
}

export function narrowed(items: readonly Receipt[], side: 'unread' | 'read' | 'all', township: string): Receipt[] {
  return items.filter((one) => (side === 'all' || (side === 'read') === (one.read_at !== null)) && (township === '' || townshipOf(one) === township))
}
