import { describe, expect, it } from 'vitest'
import type { Progress, Share, ShareState, TaskBrief } from '@/api/tasks'
import type { Unit } from '@/api/types'
import { choicesOf, linesOf, nobody, toggled } from '@/components/addressees/addressees'
import { fridayOf, instantOf, localOf } from '@/pages/tasks/deadline'
import { columnOf, entryOfIssued, entryOfReceived, monthBeside, partsOf, trouble, weeksOf } from '@/pages/tasks/tasks'

const STATES: ShareState[] = ['issued', 'acknowledged', 'in_progress', 'handed_in', 'accepted', 'returned', 'recalled']

function progress(given: Partial<Record<ShareState, number>>, overdue = 0): Progress {
  const by_state = Object.fromEntries(STATES.map((state) => [state, given[state] ?? 0])) as Record<ShareState, number>
  const total = STATES.reduce((n, state) => n + by_state[state], 0) - by_state.recalled
  return { total, by_state, overdue, supervised: 0 }
}

function task(given: Partial<TaskBrief> = {}): TaskBrief {
  return {
    id: 't', number: '〔2026〕1号', title: '入户核对', kind: 'key_work', priority: 'normal', issuer: '张店区', state: 'issued',
    due_at: '2026-12-04T15:59:59Z', issued_at: '2026-11-23T01:00:00Z', notice_days: 5, short_notice: false, progress: progress({ issued: 2 }), ...given,
  }
}

function share(state: ShareState): Share {
  return {
    id: 's', unit_id: 'u', unit: '莫𡐓村', tier: 'village', state, version: 1, due_at: '2026-12-04T15:59:59Z', overdue: false, late: false, percent: 0,
    note: '', acknowledged_at: null, handed_in_at: null, accepted_at: null, signs_again: false, asked_until: null, asked_reason: '', urged: 0,
    section_id: null, supervised: false, below: null, actions: [],
  }
}

describe('the board', () => {
  it('puts every state of a received share in one column', () => {
    expect(STATES.map((state) => columnOf(entryOfReceived({ task: task(), share: share(state) })))).toEqual(
      ['to_sign', 'working', 'working', 'to_accept', 'done', 'returned', 'done'])
  })

  it('says what an issued task waits for', () => {
    const column = (given: Partial<TaskBrief>) => columnOf(entryOfIssued(task(given)))
    expect(column({ state: 'awaiting', progress: progress({}) })).toBe('awaiting')
    expect(column({})).toBe('to_sign')
    expect(column({ progress: progress({ issued: 1, in_progress: 1 }) })).toBe('working')
    expect(column({ progress: progress({ in_progress: 1, handed_in: 1 }) })).toBe('to_accept')
    expect(column({ progress: progress({ accepted: 2, recalled: 1 }) })).toBe('done')
    expect(column({ state: 'closed' })).toBe('done')
  })

  it('counts each share once in the strip, those recalled not at all', () => {
    const counted = progress({ issued: 1, acknowledged: 2, in_progress: 3, handed_in: 4, accepted: 5, returned: 6, recalled: 7 })
    expect(partsOf(counted).reduce((n, one) => n + one.n, 0)).toBe(counted.total)
    expect(trouble({ overdue: true, below: progress({ issued: 3 }, 2) })).toBe(3)
  })
})

describe('the calendar', () => {
  it('has whole weeks, Monday first, and every day of the month once', () => {
    for (const month of ['2026-11', '2026-02', '2027-02', '2028-02', '2026-12']) {
      const weeks = weeksOf(month)
      const days = weeks.flat()
      expect(weeks.every((week) => week.length === 7)).toBe(true)
      expect(new Date(`${days[0] ?? ''}T00:00:00Z`).getUTCDay()).toBe(1)
      expect(new Set(days).size).toBe(days.length)
      const [year = 0, at = 0] = month.split('-').map(Number)
      expect(days.filter((day) => day.startsWith(month))).toHaveLength(new Date(Date.UTC(year, at, 0)).getUTCDate())
      expect(weeks.at(-1)?.some((day) => day.startsWith(month))).toBe(true)
    }
  })

  it('steps over the end of the year', () => {
    expect(monthBeside('2026-12', 1)).toBe('2027-01')
    expect(monthBeside('2026-01', -1)).toBe('2025-12')
  })
})

describe('deadlines', () => {
  it('are a day and a time in China', () => {
    expect(localOf(instantOf('2026-11-27 17:00'))).toBe('2026-11-27 17:00')
    expect(new Date(instantOf('2026-12-31 23:59')).toISOString()).toBe('2026-12-31T15:59:59.000Z')
    expect(localOf('2026-12-31T16:00:00Z')).toBe('2027-01-01 00:00')
  })

  it.each([
    ['2026-11-23T01:00:00Z', '2026-11-27 17:00', false], // Monday
    ['2026-11-27T08:59:00Z', '2026-11-27 17:00', false], // Friday 16:59
    ['2026-11-27T09:00:00Z', '2026-12-04 17:00', true], // Friday 17:00
    ['2026-11-28T01:00:00Z', '2026-12-04 17:00', true], // Saturday
    ['2026-11-29T01:00:00Z', '2026-12-04 17:00', true], // Sunday
    ['2026-11-29T16:30:00Z', '2026-12-04 17:00', false], // Monday half past midnight in China
    ['2026-12-30T01:00:00Z', '2027-01-01 17:00', false],
  ])('Friday from %s', (now, local, next) => {
    expect(fridayOf(new Date(now))).toEqual({ local, next })
  })
})

describe('addressees', () => {
  const unit = (id: string, parent: string | null, name: string) => ({ id, parent_id: parent, name, code: `37${id}`, tier: 'village' }) as unknown as Unit
  const units = [
    unit('c', null, '张店区'), unit('a', 'c', '马尚街道'), unit('a1', 'a', '莫𡐓村'), unit('a2', 'a', '南石村'), unit('b', 'c', '房镇镇'), unit('b1', 'b', '南定村'),
  ]
  const shown = (text: string, ...open: string[]) => linesOf(units, 'c', text, new Set(open)).map((line) => line.unit.id)

  it('show townships, and the villages of those that are open', () => {
    expect(shown('')).toEqual(['a', 'b'])
    expect(shown('', 'a')).toEqual(['a', 'a1', 'a2', 'b'])
  })

  it('are found with the units above them', () => {
    expect(shown('南')).toEqual(['a', 'a2', 'b', 'b1'])
    expect(shown('𡐓')).toEqual(['a', 'a1'])
    expect(shown('房镇')).toEqual(['b'])
    expect(shown('没有')).toEqual([])
  })

  it('stay quick with fifteen hundred villages', () => {
    const many = [unit('c', null, '县'), ...Array.from({ length: 60 }, (_, n) => unit(`t${String(n)}`, 'c', `镇${String(n)}`)),
      ...Array.from({ length: 1526 }, (_, n) => unit(`v${String(n)}`, `t${String(n % 60)}`, `村${String(n)}`))]
    expect(linesOf(many, 'c', '村', new Set())).toHaveLength(1586)
  })

  it('become a choice line by line', () => {
    expect(choicesOf(nobody())).toEqual([])
    expect(choicesOf({ tiers: ['village'], tags: ['示范'], groups: ['g'], units: ['a1'] }).map((one) => one.kind)).toEqual(['tier', 'tag', 'group', 'unit'])
    expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
    expect(toggled(['b'], 'a')).toEqual(['b', 'a'])
  })
})
