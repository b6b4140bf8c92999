import { describe, expect, it } from 'vitest'
import type { InboxItem, RollupRow, SubmissionBrief, Unit } from '@/api/types'
import { readPeople } from '@/pages/admin/peopleLines'
import { branches } from '@/pages/admin/unitTree'
import type { Comparison } from '@/api/comparing'
import { indicators, keyFields, reach } from '@/pages/county/indicators'
import { checksInWords } from '@/pages/forms/checkWords'
import { entriesOf, kindOf } from '@/pages/inbox/inboxItem'
import { passwordTrouble } from '@/pages/auth/newPassword'
import { useReviewQueue } from '@/pages/review/useReviewQueue'
import { handedIn, rollupViews, shownFigure } from '@/pages/rollup/columns'
import { difference, grouped, inTenThousands, signed, total } from '@/lib/figures'
import { daysUntil, exactStamp, periodLabel, stamp } from '@/lib/time'
import { F1 } from '../sample'

const zh = (label: { zh: string }) => label.zh

describe('figures for the eye', () => {
  it.each([['1234567.5', '1,234,567.5'], ['-1200', '−1,200'], ['0', '0'], ['', ''], ['约三', '约三']])('%s reads %s', (value, shown) => {
    expect(grouped(value)).toBe(shown)
  })

  it.each([['0.3', '0.1', '0.2'], ['5', '5', '0'], ['1', '2.5', '-1.5'], ['123456789012345678.01', '0.01', '123456789012345678']])('%s − %s = %s exactly', (a, b, c) => {
    expect(difference(a, b)).toBe(c)
  })

  it('has no difference where one side is blank', () => {
    expect(difference(null, '1')).toBeNull()
    expect(signed(null)).toBe('')
    expect([signed('3'), signed('-3'), signed('0')]).toEqual(['+3', '−3', '—'])
  })

  it('adds what is there and is blank for nothing', () => {
    expect(total(['0.1', null, '0.2'])).toBe('0.3')
    expect(total([null, undefined])).toBeNull()
  })

  it.each([['12345', '1.2345'], ['-300', '-0.03'], ['0', '0'], ['10000', '1']])('%s yuan is %s ten thousands', (yuan, wan) => {
    expect(inTenThousands(yuan)).toBe(wan)
  })
})

describe('time', () => {
  it('counts calendar days in Beijing, whatever the device thinks', () => {
    expect(daysUntil('2026-12-03T23:59:59+08:00', new Date('2026-12-03T16:30:00Z'))).toBe(-1)
    expect(daysUntil('2026-12-03T23:59:59+08:00', new Date('2026-12-01T15:00:00Z'))).toBe(2)
    expect(stamp('2025-01-01T16:05:00Z', 'zh-CN')).toBe('2025年1月2日 00:05')
    expect(stamp('2025-01-01T16:05:00Z', 'en')).toBe('2 Jan 2025 00:05')
    expect(exactStamp('2025-01-01T16:05:09Z')).toBe('2025-01-02 00:05:09')
  })

  it.each([
    ['2026-11', '2026年11月', 'November 2026'], ['2026-Q3', '2026年第3季度', 'Q3 2026'], ['2026-H1', '2026年上半年', 'First half of 2026'],
    ['2026', '2026年', '2026'], ['2026-11-T2', '2026年11月中旬', 'Mid November 2026'],
  ])('%s is %s', (key, label, english) => {
    expect(periodLabel(key, 'zh-CN')).toBe(label)
    expect(periodLabel(key, 'en')).toBe(english)
  })
})

describe('the inbox', () => {
  const item = (id: string, more: Partial<InboxItem>): InboxItem => ({
    id, membership_id: 'm', unit_id: 'u', unit_name: '南石村', topic: 'fill', subject_kind: 'submission', subject_id: id,
    due_at: null, overdue: false, created_at: '2026-11-25T00:00:00Z', facts: {}, ...more,
  })

  it('tells a fill that came back and one that was asked for again as such', () => {
    expect(kindOf(item('a', {}))).toBe('fill')
    expect(kindOf(item('a', { facts: { returned: true, reminded_at: '2026-11-25' } }))).toBe('returned')
    expect(kindOf(item('a', { facts: { reminded_at: '2026-11-25' } }))).toBe('reminder')
    expect(kindOf(item('a', { topic: 'something new' }))).toBe('other')
  })

  it('puts the overdue first, then what came back, then the soonest due', () => {
    const ids = entriesOf([
      item('later', { due_at: '2026-12-05T00:00:00Z' }), item('sooner', { due_at: '2026-12-03T00:00:00Z' }),
      item('back', { facts: { returned: true }, due_at: '2026-12-09T00:00:00Z' }), item('late', { overdue: true, due_at: '2026-11-01T00:00:00Z' }),
    ]).map((entry) => entry.item.id)
    expect(ids).toEqual(['late', 'back', 'sooner', 'later'])
  })

  it('shows the reports that wait in one cycle as one piece of work, and those of another apart', () => {
    const review = (id: string, cycle: string) => item(id, { topic: 'review', facts: { cycle_id: cycle } })
    expect(entriesOf([review('a', 'c1'), review('b', 'c1'), review('c', 'c2')]).map((entry) => entry.alike)).toEqual([2, 1])
  })
})

describe('the review queue', () => {
  const brief = (id: string, more: Partial<SubmissionBrief> = {}): SubmissionBrief => ({
    id, unit: { id, tier: 'village', code: id, name: id, short_name: id }, state: 'submitted', version: 1, late: false,
    due_at: '2026-12-03T00:00:00Z', submitted_at: `2026-11-2${id}T00:00:00Z`, revision_no: 1, warnings: 0, outliers: 0,
    claimed: null, contact: null, exempt_reason: null, correction: false, objection: false, ...more,
  })
  const queue = useReviewQueue(
    [brief('1'), brief('2', { warnings: 2 }), brief('3', { claimed: { by_name: '孙晓', mine: false, until: '2026-11-28T00:00:00Z' } }), brief('4', { state: 'approved' }), brief('5', { state: 'not_started' })],
    'queue',
  )

  it('has the suspicious first, then who handed in first', () => {
    expect(queue.shown.value.map((one) => one.id)).toEqual(['2', '1', '3'])
  })

  it('goes on to the next and from the end to the first that is left', () => {
    expect(queue.after('2')?.id).toBe('1')
    expect(queue.after('3')?.id).toBe('2')
    expect(useReviewQueue([brief('1')], 'queue').after('1')).toBeNull()
  })

  it('offers in bulk only what has no warning and no other reviewer', () => {
    expect(queue.calm.value.map((one) => one.id)).toEqual(['1'])
  })

  it('steps without leaving the list', () => {
    expect(queue.step('2', -1)?.id).toBe('2')
    expect(queue.step(null, 1)?.id).toBe('2')
    expect(queue.step('2', 1)?.id).toBe('1')
  })
})

describe('a rollup', () => {
  it('has the figures of every tier below, texts apart', () => {
    const [work] = rollupViews(F1, 'county', zh)
    expect(work?.columns.map((column) => column.code)).toContain('tk_r')
    expect(rollupViews(F1, 'village', zh)[0]?.columns.map((column) => column.code)).not.toContain('tk_r')
    expect(rollupViews(F1, 'county', zh).map((view) => view.code)).toEqual(['work'])
  })

  it('shows money in the unit that was chosen, and a missing figure as nothing', () => {
    const money = F1.fields.find((field) => field.code === 'wj_je')
    expect(shownFigure(money, '12345', 'wan_yuan')).toBe('1.2345')
    expect(shownFigure(money, '12000', 'wan_yuan')).toBe('1.20')
    expect(shownFigure(money, '12345', 'yuan')).toBe('12,345')
    expect(shownFigure(money, null, 'wan_yuan')).toBe('')
  })

  it('counts who is in among those that owe', () => {
    expect(handedIn({ village: { submitted: 2, approved: 3, draft: 1, exempt: 4, late: 2 }, township: { approved: 1 } })).toEqual({ n: 5, total: 6 })
    expect(handedIn({})).toBeNull()
  })
})

describe('the county’s figures', () => {
  it('are one for each outermost heading', () => {
    expect(keyFields(F1, 'county').map((field) => field.code)).toEqual(['jf_rc', 'tk_r', 'zf_hc', 'xb_rc', 'px_rc', 'zp_rc', 'zy_rc', 'hd_rc'])
  })

  it('say what share of the villages is in, all of them only when all are', () => {
    const row = (village: Record<string, number>, kind: RollupRow['kind'] = 'township') => ({ kind, counts: { village } })
    const rows = [row({ approved: 3, submitted: 2, draft: 1, exempt: 4, late: 2 }), row({ approved: 193, submitted: 1 }), row({ approved: 9 }, 'own')]
    expect(reach(rows)).toEqual({ n: 199, total: 200, share: 99, approved: 98 })
    expect(reach([{ kind: 'township', counts: { township: { approved: 1 } } }])).toBeNull()
  })

  it('stand beside the period before, the same one last year and the year so far', () => {
    const fields = keyFields(F1, 'county').slice(0, 2)
    const row = { now: { jf_rc: '4', tk_r: '2' }, since_previous: { by: { jf_rc: '-8' }, percent: {} }, since_last_year: { by: { jf_rc: '-4', tk_r: '2' }, percent: { jf_rc: '-50' } }, year: { jf_rc: '12' }, year_included: 2 }
    const page = { rows: [row], year_fields: ['jf_rc'] } as unknown as Comparison
    expect(indicators(fields, page)).toMatchObject([
      { now: '4', change: '-8', lastYear: { percent: '-50' }, year: { value: '12', periods: 2 } },
      { now: '2', change: null, lastYear: { by: '2' }, year: null },
    ])
    expect(indicators(fields, { rows: [], year_fields: [] } as unknown as Comparison)[0]).toMatchObject({ now: null, change: null, lastYear: null, year: null })
  })
})

describe('checks in words', () => {
  it('name the cells and leave out values', () => {
    const [first] = checksInWords(F1, zh)
    expect(first?.text).toBe('来访接待·接待来访·人次不应少于来访接待·接待来访·批次，请核对')
  })

  it('are told once where they repeat', () => {
    const words = checksInWords(F1, zh)
    expect(words.filter((check) => check.code === 'E4')).toHaveLength(1)
    expect(words.find((check) => check.code === 'E4')?.alike).toBeGreaterThan(1)
  })
})

describe('administration', () => {
  const unit = (id: string, tier: Unit['tier'], parent: string | null, name: string): Unit => ({ id, tier, code: id, name, short_name: name, parent_id: parent })
  const units = [unit('c', 'county', null, '张店区'), unit('t', 'township', 'c', '沣水镇'), unit('v', 'village', 't', '范王村'), unit('w', 'village', 't', '南沣村')]

  it('reads people from Excel, commas or spaces', () => {
    expect(readPeople('a1\t王芳\t138\r\nb2，李强\n\nc3 赵敏', ['reporter']).people.map((one) => [one.sign_name, one.display_name, one.phone])).toEqual([['a1', '王芳', '138'], ['b2', '李强', null], ['c3', '赵敏', null]])
  })

  it('says which line lacks a name', () => {
    expect(readPeople('a1 王芳\nb2', []).bad).toBe(2)
  })

  it('shows the units above what was found', () => {
    expect(branches(units, '范王', new Set(['t'])).map((line) => [line.unit.id, line.depth])).toEqual([['c', 0], ['t', 1], ['v', 2]])
  })

  it('folds', () => {
    expect(branches(units, '', new Set(['t'])).map((line) => line.unit.id)).toEqual(['c', 't'])
  })

  it('judges a new password before the server does', () => {
    expect(passwordTrouble('short', 'short')).toBe('auth.first.short')
    expect(passwordTrouble('long-enough-1', 'long-enough-2')).toBe('auth.first.mismatch')
    expect(passwordTrouble('long-enough-1', 'long-enough-1', 'long-enough-1')).toBe('auth.first.same')
    expect(passwordTrouble('long-enough-1', 'long-enough-1', 'other')).toBeNull()
  })
})
