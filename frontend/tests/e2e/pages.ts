import type { Page } from 'playwright-core'
import type { NoticeBrief } from '@/api/notices'
import type { OwnYear, Plan } from '@/api/plans'
import type { ReceivedPage, TaskPage } from '@/api/tasks'
import type { PledgeYear, Roster } from '@/api/training'
import type { CyclePage } from '@/api/types'
import { chinaToday } from '@/lib/time'
import { api, home } from './steps'

/** The pages a user has, by what they do there. */
export const USERS = ['village', 'town', 'county', 'sysadmin', 'auditor', 'town-admin'] as const

export async function pagesOf(page: Page, user: (typeof USERS)[number]): Promise<string[]> {
  const base = await home(page)
  if (user === 'auditor') return [`${base}/audit`]
  if (user === 'sysadmin') return [`${base}/units`, `${base}/accounts`]
  if (user === 'town-admin') return [`${base}/units`, `${base}/accounts`, `${base}/reminders`]
  const { items } = await api<CyclePage>(page, 'cycles')
  const newest = (form: string) => items.find((one) => one.form.code === form)
  const [f1, f3] = [newest('f1'), newest('f3')]
  const reports = [f1, f3].flatMap((one) => (one?.own ? [`${base}/submissions/${one.own.submission_id}`] : []))
  const [shares, issued] = [await api<ReceivedPage>(page, 'tasks/received?everything=true'), await api<TaskPage>(page, 'tasks/issued')]
  const notices = (await api<{ items: NoticeBrief[] }>(page, `notices/${user.startsWith('county') ? 'issued' : 'received'}`)).items
  const matters = (await api<{ items: { id: string }[] }>(page, 'urgent-matters?everything=true')).items
  const tasks = [
    `${base}/notices`, ...notices.slice(0, 2).map(({ id }) => `${base}/notices/${id}`), `${base}/inbox/done`, `${base}/urgent`, `${base}/urgent?all=1`,
    ...matters.slice(0, 2).map(({ id }) => `${base}/urgent/${id}`), ...(user === 'village' ? [] : [`${base}/notices/new`]),
    `${base}/tasks`, `${base}/tasks?view=board&done=1`, `${base}/tasks?view=calendar`,
    ...shares.items.slice(0, 2).map(({ share }) => `${base}/assignments/${share.id}`), ...issued.items.slice(0, 3).map(({ id }) => `${base}/tasks/${id}`),
    ...(user === 'village' ? [] : [`${base}/tasks/new`]),
  ]
  const common = [...tasks, ...await others(page, base, user), `${base}/inbox`, `${base}/fill`, ...reports, `${base}/forms`, `${base}/forms/${f1?.form.version_id ?? ''}`, `${base}/me`, `${base}/downloads`]
  if (user === 'village') return common
  const below = [`${base}/month`, `${base}/month?tab=missing`, `${base}/month/all`, `${base}/rollup`, `${base}/rollup/${f1?.id ?? ''}`, `${base}/rollup/${f3?.id ?? ''}`]
  if (user === 'town') return [...below, ...reports.map((one) => `${one}?tab=below`), ...common]
  return [`${base}/overview`, ...tasks, ...await others(page, base, user), ...below, `${base}/units`]
}

/** Trainings, the roster, the station, difficulties, meetings, visits and plans, each with its first one. */
async function others(page: Page, base: string, user: string): Promise<string[]> {
  const year = chinaToday().slice(0, 4)
  const first = async (path: string, number = 1) => (await api<{ items: { id: string }[] }>(page, path)).items.slice(0, number).map(({ id }) => id)
  const [trainings, requests, meetings, visits] = [
    await first(`trainings/${user === 'county' ? 'issued' : 'received'}`, 2), await first('coordination-requests?everything=true'),
    await first('meetings?side=ours', 2), await first('visits', 2),
  ]
  const pledged = (await api<PledgeYear>(page, `pledges?year=${year}&below=${String(user !== 'village')}`)).items.find((one) => one.pledge_id)
  const roster = (await api<Roster>(page, 'staff')).items
  const own = await api<OwnYear>(page, `plans/own?year=${year}`)
  const plan = own.plan_id ? await api<Plan>(page, `plans/${own.plan_id}`) : null
  const plans = plan ? [`plans/${plan.id}`, `plans/${plan.id}/taken-up`, ...plan.summaries.flatMap(({ id }) => (id ? [`plan-summaries/${id}`] : []))] : []
  const unit = base.split('/').at(-1) ?? ''
  return [
    'trainings', ...trainings.map((id) => `trainings/${id}`), ...(user === 'village' ? ['reminders'] : ['trainings/new']), 'trainings/study', 'staff-hours', 'staff-hours?view=people',
    'pledges', 'pledges?below=1', ...(pledged ? [`pledges/${pledged.pledge_id ?? ''}`] : []), ...(user === 'village' ? [] : ['stations']), `stations/${unit}`, 'staff',
    ...roster.slice(0, 1).map(({ id }) => `staff/${id}`), 'requests', ...requests.map((id) => `requests/${id}`),
    'meetings', ...meetings.map((id) => `meetings/${id}`), 'meetings/new', 'visits', 'visits?tab=unvisited', ...visits.map((id) => `visits/${id}`), 'plans', ...plans,
  ].map((path) => `${base}/${path}`)
}

/** Goes on inside the running application, as a click on a link does. */
export const walkTo = (page: Page, path: string) => page.evaluate((to) => {
  history.pushState({}, '', to)
  dispatchEvent(new PopStateEvent('popstate', { state: history.state as unknown }))
}, path)

/** How many pixels of a page, or of the bar on top, stand outside the screen. */
export const beyond = (page: Page) => page.evaluate(() => {
  const outside = [...document.querySelectorAll('header.top button, header.top a')].some((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  return outside ? 9999 : Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0) - document.documentElement.clientWidth
})
