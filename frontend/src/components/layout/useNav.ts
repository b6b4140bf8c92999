import {
  AlarmClock, Bell, Calendar, Connection, DataAnalysis, DataBoard, Document, EditPen, Files, Flag, Guide, House, List, Message, Memo, Notebook, OfficeBuilding, School, Timer, User, UserFilled, Warning,
} from '@element-plus/icons-vue'
import { computed, type Component } from 'vue'
import { useNarrow } from '@/composables/useNarrow'
import { useSession } from '@/stores/session'

/** A page that the navigation leads to. */
export interface NavPage {
  name: string
  /** Its word in the messages. */
  title: string
  icon: Component
  /** Pages that belong to it. */
  covers?: string[]
}

/** An entry of the rail: a page, or several of one kind of work, which stand as tabs above each of them. */
export interface NavEntry {
  title: string
  icon: Component
  pages: NavPage[]
}

const pages = {
  inbox: { name: 'inbox', title: 'nav.inbox', icon: Bell, covers: ['done'] },
  tasks: { name: 'tasks', title: 'nav.tasks', icon: Flag, covers: ['task', 'task-new', 'assignment'] },
  plans: { name: 'plans', title: 'nav.plans', icon: Notebook, covers: ['plan', 'plan-summary', 'plan-taken-up'] },
  requests: { name: 'requests', title: 'nav.coordination', icon: Connection, covers: ['request'] },
  meetings: { name: 'meetings', title: 'nav.meetings', icon: Calendar, covers: ['meeting', 'meeting-new'] },
  visits: { name: 'visits', title: 'nav.visits', icon: Guide, covers: ['visit'] },
  urgent: { name: 'urgent', title: 'nav.urgent', icon: Warning, covers: ['matter'] },
  notices: { name: 'notices', title: 'nav.notices', icon: Message, covers: ['notice', 'notice-new'] },
  trainings: { name: 'trainings', title: 'nav.training', icon: School, covers: ['training', 'training-new'] },
  hours: { name: 'staff-hours', title: 'nav.hours', icon: Timer },
  pledges: { name: 'pledges', title: 'nav.pledges', icon: Memo, covers: ['pledge'] },
  stations: { name: 'stations', title: 'nav.stations', icon: House, covers: ['station'] },
  staff: { name: 'staff', title: 'nav.staff', icon: User, covers: ['staff-record'] },
  overview: { name: 'overview', title: 'nav.overview', icon: DataBoard },
  month: { name: 'month', title: 'nav.month', icon: List, covers: ['glance', 'behalf', 'behalf-book'] },
  rollup: { name: 'rollup-list', title: 'nav.rollup', icon: DataAnalysis, covers: ['rollup', 'archives', 'compare', 'statement'] },
  fill: { name: 'fill-list', title: 'nav.fill', icon: EditPen, covers: ['submission'] },
  forms: { name: 'forms', title: 'nav.forms', icon: Document, covers: ['form', 'past-years', 'city-sheets', 'city-sheet'] },
  units: { name: 'units', title: 'nav.units', icon: OfficeBuilding },
  accounts: { name: 'accounts', title: 'nav.accounts', icon: UserFilled },
  reminders: { name: 'reminders', title: 'nav.reminders', icon: AlarmClock },
  audit: { name: 'audit', title: 'nav.audit', icon: Files },
  me: { name: 'me', title: 'nav.me', icon: User, covers: ['downloads'] },
} satisfies Record<string, NavPage>

const alone = (page: NavPage): NavEntry => ({ title: page.title, icon: page.icon, pages: [page] })
function together(title: string, icon: Component, ...found: (NavPage | false)[]): NavEntry[] {
  const there = found.filter((page) => page !== false)
  return there.length === 0 ? [] : [{ title: there.length === 1 && there[0] ? there[0].title : title, icon, pages: there }]
}

/** Whether a route is one of the entry's, or of a page's. */
export const covers = (page: NavPage, route: string) => page.name === route || (page.covers?.includes(route) ?? false)
export const holds = (entry: NavEntry, route: string) => entry.pages.some((page) => covers(page, route))

/** The left rail by tier and post, at most seven entries; the phone's bottom bar; and what a phone reaches by the menu. */
export function useNav() {
  const session = useSession()
  const narrow = useNarrow()

  const rail = computed<NavEntry[]>(() => {
    const acting = session.acting
    if (!acting) return []
    if (session.auditor) return [alone(pages.audit), alone(pages.units)]
    const works = acting.roles.some((role) => role !== 'administrator')
    const admin = session.can('administrator') || acting.admin_kind !== null
    const tier = acting.unit.tier
    const county = tier === 'county'
    const above = tier !== 'village'
    const fills = session.can('reporter') && pages.fill
    return [
      ...(works && county ? [alone(pages.overview)] : []),
      ...(works && tier === 'township' ? [alone(pages.month)] : []),
      ...(works ? [alone(pages.inbox)] : []),
      ...(works && !above ? together('nav.fill', EditPen, fills, pages.forms) : []),
      ...(works ? together('nav.tasks', Flag, pages.tasks, pages.meetings, pages.visits, pages.requests, pages.urgent) : []),
      ...(works ? [alone(pages.plans)] : []),
      ...(works ? together('nav.told', Message, pages.notices, pages.trainings, pages.hours, pages.pledges) : []),
      ...(above ? together('nav.reports', DataAnalysis, works && county && pages.month, works && pages.rollup, fills, pages.forms) : []),
      ...together('nav.station', OfficeBuilding, above && pages.units, works && pages.stations, works && pages.staff, admin && pages.accounts, above && session.can('administrator') && pages.reminders),
    ]
  })

  const bottom = computed<NavPage[]>(() => {
    if (session.auditor) return [pages.audit, pages.me]
    if (!(session.acting?.roles ?? []).some((role) => role !== 'administrator')) {
      const reminders = session.can('administrator') && session.tier !== 'village' ? [pages.reminders] : []
      return [pages.units, pages.accounts, ...reminders, pages.me]
    }
    const middle = session.tier === 'village' ? [pages.fill, pages.tasks] : [pages.month, pages.rollup]
    return [pages.inbox, ...middle, pages.me]
  })

  /** On a phone, what the bottom bar has no room for. */
  const spare = computed<NavPage[]>(() => (narrow.value ? rail.value.flatMap((entry) => entry.pages).filter((page) => !bottom.value.includes(page)) : []))

  return { rail, spare, bottom }
}
