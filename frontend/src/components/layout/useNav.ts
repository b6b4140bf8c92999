import {
  AlarmClock, Bell, DataAnalysis, DataBoard, Document, EditPen, Files, Flag, List, Message, OfficeBuilding, School, User, UserFilled, Warning,
} from '@element-plus/icons-vue'
import { computed, type Component } from 'vue'
import { useSession } from '@/stores/session'

export interface NavEntry {
  name: string
  icon: Component
  /** Pages that belong to the entry beside its own. */
  covers?: string[]
}

const entries = {
  inbox: { name: 'inbox', icon: Bell, covers: ['done'] },
  tasks: { name: 'tasks', icon: Flag, covers: ['task', 'task-new', 'assignment'] },
  notices: { name: 'notices', icon: Message, covers: ['notice', 'notice-new'] },
  urgent: { name: 'urgent', icon: Warning, covers: ['matter'] },
  training: { name: 'trainings', icon: School, covers: ['training', 'training-new', 'staff-hours', 'pledges', 'pledge', 'staff', 'staff-record'] },
  overview: { name: 'overview', icon: DataBoard },
  month: { name: 'month', icon: List, covers: ['glance', 'behalf', 'behalf-book'] },
  rollup: { name: 'rollup-list', icon: DataAnalysis, covers: ['rollup', 'archives', 'compare', 'statement'] },
  fill: { name: 'fill-list', icon: EditPen, covers: ['submission'] },
  forms: { name: 'forms', icon: Document, covers: ['form', 'past-years', 'city-sheets', 'city-sheet'] },
  units: { name: 'units', icon: OfficeBuilding },
  accounts: { name: 'accounts', icon: UserFilled },
  reminders: { name: 'reminders', icon: AlarmClock },
  audit: { name: 'audit', icon: Files },
  me: { name: 'me', icon: User, covers: ['downloads'] },
} satisfies Record<string, NavEntry>

const TITLES: Record<string, string> = {
  inbox: 'nav.inbox', tasks: 'nav.tasks', trainings: 'nav.training', notices: 'nav.notices', urgent: 'nav.urgent', overview: 'nav.overview', month: 'nav.month', 'rollup-list': 'nav.rollup', 'fill-list': 'nav.fill',
  forms: 'nav.forms', units: 'nav.units', accounts: 'nav.accounts', audit: 'nav.audit', reminders: 'reminders.title', me: 'nav.me',
}

export function navTitle(entry: NavEntry): string {
  return TITLES[entry.name] ?? 'app.name'
}

/** The left rail by tier and post, at most seven entries; and the phone's bottom bar. */
export function useNav() {
  const session = useSession()

  const every = computed<NavEntry[]>(() => {
    const acting = session.acting
    if (!acting) return []
    if (session.auditor) return [entries.audit, entries.units]
    const reports = acting.roles.some((role) => role !== 'administrator')
    const admin = session.can('administrator') || acting.admin_kind !== null
    const list: NavEntry[] = []
    const tier = acting.unit.tier
    if (reports && tier === 'county') list.push(entries.overview)
    if (reports && tier === 'township') list.push(entries.month)
    if (reports) list.push(entries.inbox, entries.tasks, entries.notices)
    if (reports && tier === 'county') list.push(entries.month)
    if (reports && tier !== 'village') list.push(entries.rollup)
    if (session.can('reporter')) list.push(entries.fill)
    if (reports) list.push(entries.urgent)
    if (reports) list.push(entries.training)
    list.push(entries.forms)
    if (tier !== 'village') list.push(entries.units)
    if (admin) list.push(entries.accounts)
    if (tier !== 'village' && session.can('administrator')) list.push(entries.reminders)
    return list
  })
  /** What the rail has no room for is in the person's own menu; urgent matters are behind the button of every page too. */
  const spare = computed<NavEntry[]>(() => {
    const least: NavEntry[] = [entries.urgent, entries.units, entries.forms, entries.reminders]
    return least.filter((one) => every.value.includes(one)).slice(0, Math.max(0, every.value.length - 7))
  })
  const rail = computed<NavEntry[]>(() => every.value.filter((one) => !spare.value.includes(one)))

  const bottom = computed<NavEntry[]>(() => {
    if (session.auditor) return [entries.audit, entries.me]
    if (!(session.acting?.roles ?? []).some((role) => role !== 'administrator')) {
      const reminders = session.can('administrator') && session.tier !== 'village' ? [entries.reminders] : []
      return [entries.units, entries.accounts, ...reminders, entries.me]
    }
    const middle = session.tier === 'village' ? [entries.fill, entries.tasks] : [entries.month, entries.rollup]
    return [entries.inbox, ...middle, entries.me]
  })

  return { rail, spare, bottom }
}
