import { describe, expect, it } from 'vitest'
import type { Receipt } from '@/api/notices'
import type { MatterBrief } from '@/api/urgent'
import { narrowed, townshipsOf } from '@/pages/notices/receipts'
import { elapsed, occasions, unacknowledged } from '@/pages/urgent/urgent'

const matter = (id: string, more: Partial<MatterBrief> = {}): MatterBrief => ({
  id, version: 1, unit_id: 'v', unit: '莫𡐓村', tier: 'village', kind: 'other', title: '聚集', state: 'reported', reported_at: '2026-12-31T15:50:00Z',
  escalate_at: '2026-12-31T16:05:00Z', level: 0, acknowledged_at: null, acknowledged_by: '', concluded_at: null, actions: ['acknowledge'], ...more,
})

describe('urgent matters', () => {
  it('count the minutes that somebody waits, over the turn of the year too', () => {
    expect(elapsed('2026-12-31T15:50:00Z', new Date('2026-12-31T16:04:59Z'))).toBe('00:14')
    expect(elapsed('2026-12-31T15:50:00Z', new Date('2027-01-02T15:50:00Z'))).toBe('48:00')
    expect(elapsed('2026-12-31T15:50:00Z', new Date('2026-12-31T15:49:00Z'))).toBe('00:00')
  })
  it('are shown to whoever may acknowledge them, the longest waiting first', () => {
    const items = [matter('b', { reported_at: '2026-12-31T15:55:00Z' }), matter('a'), matter('c', { state: 'handling' }), matter('d', { actions: [] })]
    expect(unacknowledged(items).map((one) => one.id)).toEqual(['a', 'b'])
  })
  it('sound once when they are new and once each time they are told again', () => {
    expect(occasions([matter('a'), matter('a', { level: 1 })])).toEqual(['a 0', 'a 1'])
  })
})

const receipt = (unit: string, above: string | null, read: boolean, tier: Receipt['tier'] = 'village'): Receipt => ({
  unit_id: unit, unit, tier, above_id: above, read_at: read ? '2026-11-23T00:00:00Z' : null, reader: '', reminded_at: null,
})

describe('who has read a notice', () => {
  const items = [receipt('A', 'C', true, 'township'), receipt('A1', 'A', false), receipt('B1', 'B', false), receipt('B2', 'B', false)]
  it('is counted by township, those with the most unread first', () => {
    const units = ['A', 'B', 'D'].map((id) => ({ id, name: `${id}镇`, tier: 'township' }))
    expect(townshipsOf(items, units)).toEqual([{ id: 'B', name: 'B镇', read: 0, total: 2 }, { id: 'A', name: 'A镇', read: 1, total: 2 }])
  })
  it('is narrowed to a side and a township', () => {
    expect(narrowed(items, 'unread', 'A').map((one) => one.unit)).toEqual(['A1'])
    expect(narrowed(items, 'read', '').map((one) => one.unit)).toEqual(['A'])
    expect(narrowed(items, 'all', 'B')).toHaveLength(2)
  })
})
