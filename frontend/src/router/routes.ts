import type { RouteRecordRaw } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the title in the messages. */
    title?: string
    /** Reachable without a session. */
    open?: boolean
    /** The top bar offers the reporting period. */
    period?: boolean
    /** Uses the whole width and manages its own scrolling. */
    wide?: boolean
  }
}

/** Everything behind sign-in names the acting unit in its address, so that a link opens the same thing for a colleague. */
const inside: RouteRecordRaw[] = [
  { path: 'inbox', name: 'inbox', component: () => import('@/pages/inbox/InboxPage.vue'), meta: { title: 'nav.inbox' } },
  {
    path: 'fill', name: 'fill-list', component: () => import('@/pages/fill/FillListPage.vue'),
    meta: { title: 'nav.fill', period: true },
  },
  {
    path: 'submissions/:submission', name: 'submission', component: () => import('@/pages/fill/SubmissionPage.vue'),
    meta: { title: 'nav.fill', wide: true },
  },
  {
    path: 'month', name: 'month', component: () => import('@/pages/review/MonthPage.vue'),
    meta: { title: 'nav.month', period: true, wide: true },
  },
  {
    path: 'month/all', name: 'glance', component: () => import('@/pages/glance/GlancePage.vue'),
    meta: { title: 'glance.plain', period: true, wide: true },
  },
  {
    path: 'rollup', name: 'rollup-list', component: () => import('@/pages/rollup/RollupListPage.vue'),
    meta: { title: 'nav.rollup', period: true },
  },
  {
    path: 'rollup/:cycle', name: 'rollup', component: () => import('@/pages/rollup/RollupPage.vue'),
    meta: { title: 'nav.rollup', wide: true },
  },
  { path: 'statement/:cycle', name: 'statement', component: () => import('@/pages/compare/StatementPage.vue'), meta: { title: 'compare.statement.button' } },
  { path: 'compare/:cycle', name: 'compare', component: () => import('@/pages/compare/ComparePage.vue'), meta: { title: 'compare.page', wide: true } },
  {
    path: 'behalf/:submission', name: 'behalf', component: () => import('@/pages/behalf/BehalfPage.vue'),
    meta: { title: 'behalf.button', wide: true },
  },
  { path: 'city-sheets', name: 'city-sheets', component: () => import('@/pages/city/CitySheetsPage.vue'), meta: { title: 'city.title', period: true } },
  { path: 'city-sheets/:sheet', name: 'city-sheet', component: () => import('@/pages/city/CitySheetPage.vue'), meta: { title: 'city.title' } },
  { path: 'behalf-book/:cycle', name: 'behalf-book', component: () => import('@/pages/behalf/BehalfBookPage.vue'), meta: { title: 'behalfBook.title' } },
  { path: 'archives/:cycle', name: 'archives', component: () => import('@/pages/archive/ArchivePage.vue'), meta: { title: 'archive.title' } },
  {
    path: 'overview', name: 'overview', component: () => import('@/pages/county/CountyHome.vue'),
    meta: { title: 'nav.overview', period: true },
  },
  { path: 'forms', name: 'forms', component: () => import('@/pages/forms/CataloguePage.vue'), meta: { title: 'nav.forms' } },
  {
    path: 'forms/:version', name: 'form', component: () => import('@/pages/forms/FormPage.vue'),
    meta: { title: 'nav.forms' },
  },
  {
    path: 'forms/:form/past', name: 'past-years', component: () => import('@/pages/forms/PastYearsPage.vue'),
    meta: { title: 'nav.forms' },
  },
  { path: 'units', name: 'units', component: () => import('@/pages/admin/UnitsPage.vue'), meta: { title: 'nav.units' } },
  { path: 'accounts', name: 'accounts', component: () => import('@/pages/admin/AccountsPage.vue'), meta: { title: 'nav.accounts' } },
  { path: 'hand-over/:membership', name: 'hand-over', component: () => import('@/pages/handover/HandOverPage.vue'), meta: { title: 'handover.title' } },
  { path: 'hand-overs/:handover', name: 'hand-over-sheet', component: () => import('@/pages/handover/HandOverSheet.vue'), meta: { title: 'handover.sheetTitle' } },
  { path: 'audit', name: 'audit', component: () => import('@/pages/admin/AuditPage.vue'), meta: { title: 'nav.audit' } },
  { path: 'tasks', name: 'tasks', component: () => import('@/pages/tasks/TasksPage.vue'), meta: { title: 'nav.tasks' } },
  { path: 'tasks/new', name: 'task-new', component: () => import('@/pages/tasks/IssuePage.vue'), meta: { title: 'tasks.issue' } },
  { path: 'tasks/:task', name: 'task', component: () => import('@/pages/tasks/TaskPage.vue'), meta: { title: 'nav.tasks' } },
  { path: 'assignments/:assignment', name: 'assignment', component: () => import('@/pages/tasks/SharePage.vue'), meta: { title: 'nav.tasks' } },
  { path: 'notices', name: 'notices', component: () => import('@/pages/notices/NoticesPage.vue'), meta: { title: 'nav.notices' } },
  { path: 'notices/new', name: 'notice-new', component: () => import('@/pages/notices/WritePage.vue'), meta: { title: 'notices.write' } },
  { path: 'notices/:notice', name: 'notice', component: () => import('@/pages/notices/NoticePage.vue'), meta: { title: 'nav.notices' } },
  { path: 'plans', name: 'plans', component: () => import('@/pages/plans/PlansPage.vue'), meta: { title: 'nav.plans' } },
  { path: 'plans/:plan', name: 'plan', component: () => import('@/pages/plans/PlanPage.vue'), meta: { title: 'nav.plans' } },
  { path: 'plans/:plan/taken-up', name: 'plan-taken-up', component: () => import('@/pages/plans/TakenUpPage.vue'), meta: { title: 'plans.takenUpTitle' } },
  { path: 'plan-summaries/:summary', name: 'plan-summary', component: () => import('@/pages/plans/SummaryPage.vue'), meta: { title: 'nav.plans' } },
  { path: 'requests', name: 'requests', component: () => import('@/pages/coordination/RequestsPage.vue'), meta: { title: 'nav.coordination' } },
  { path: 'requests/:request', name: 'request', component: () => import('@/pages/coordination/RequestPage.vue'), meta: { title: 'nav.coordination' } },
  { path: 'meetings', name: 'meetings', component: () => import('@/pages/meetings/MeetingsPage.vue'), meta: { title: 'nav.meetings' } },
  { path: 'meetings/new', name: 'meeting-new', component: () => import('@/pages/meetings/CallPage.vue'), meta: { title: 'meetings.call' } },
  { path: 'meetings/:meeting', name: 'meeting', component: () => import('@/pages/meetings/MeetingPage.vue'), meta: { title: 'nav.meetings' } },
  { path: 'visits', name: 'visits', component: () => import('@/pages/meetings/VisitsPage.vue'), meta: { title: 'nav.visits' } },
  { path: 'visits/:visit', name: 'visit', component: () => import('@/pages/meetings/VisitPage.vue'), meta: { title: 'nav.visits' } },
  { path: 'urgent', name: 'urgent', component: () => import('@/pages/urgent/UrgentPage.vue'), meta: { title: 'nav.urgent' } },
  { path: 'urgent/:matter', name: 'matter', component: () => import('@/pages/urgent/MatterPage.vue'), meta: { title: 'nav.urgent' } },
  { path: 'inbox/done', name: 'done', component: () => import('@/pages/inbox/DonePage.vue'), meta: { title: 'nav.done' } },
  { path: 'trainings', name: 'trainings', component: () => import('@/pages/training/TrainingsPage.vue'), meta: { title: 'nav.training' } },
  { path: 'trainings/new', name: 'training-new', component: () => import('@/pages/training/AnnouncePage.vue'), meta: { title: 'training.announce' } },
  { path: 'trainings/study', name: 'training-study', component: () => import('@/pages/training/StudyPage.vue'), meta: { title: 'training.study.record' } },
  { path: 'trainings/:training', name: 'training', component: () => import('@/pages/training/TrainingPage.vue'), meta: { title: 'nav.training' } },
  { path: 'staff-hours', name: 'staff-hours', component: () => import('@/pages/training/HoursPage.vue'), meta: { title: 'nav.hours' } },
  { path: 'pledges', name: 'pledges', component: () => import('@/pages/training/PledgesPage.vue'), meta: { title: 'nav.pledges' } },
  { path: 'pledges/:pledge', name: 'pledge', component: () => import('@/pages/training/PledgeSheet.vue'), meta: { title: 'nav.pledges' } },
  { path: 'stations', name: 'stations', component: () => import('@/pages/station/StationsPage.vue'), meta: { title: 'nav.stations' } },
  { path: 'stations/:station', name: 'station', component: () => import('@/pages/station/StationPage.vue'), meta: { title: 'nav.stations' } },
  { path: 'staff', name: 'staff', component: () => import('@/pages/station/StaffPage.vue'), meta: { title: 'nav.staff' } },
  { path: 'staff/:staff', name: 'staff-record', component: () => import('@/pages/station/StaffRecord.vue'), meta: { title: 'nav.staff' } },
  { path: 'reminders', name: 'reminders', component: () => import('@/pages/reminders/RemindersPage.vue'), meta: { title: 'nav.reminders' } },
  { path: 'downloads', name: 'downloads', component: () => import('@/pages/downloads/DownloadsPage.vue'), meta: { title: 'downloads.title' } },
  { path: 'me', name: 'me', component: () => import('@/pages/me/MePage.vue'), meta: { title: 'nav.me' } },
]

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('@/pages/auth/SignInPage.vue'), meta: { open: true, title: 'auth.signIn' } },
  { path: '/redeem', name: 'redeem', component: () => import('@/pages/auth/RedeemPage.vue'), meta: { open: true, title: 'auth.redeem.title' } },
  { path: '/link/:county/:code', name: 'link', component: () => import('@/pages/auth/RedeemPage.vue'), meta: { open: true, title: 'auth.redeem.linkTitle' } },
  { path: '/enter/:scan', name: 'enter', component: () => import('@/pages/auth/EnterPage.vue'), meta: { title: 'auth.scan.title' } },
  { path: '/check-in/:session/:code', name: 'check-in', component: () => import('@/pages/training/CheckInPage.vue'), meta: { title: 'training.checkIn' } },
  { path: '/u/:unit/trainings/:training/screen/:session', name: 'training-screen', component: () => import('@/pages/training/ScreenPage.vue'), meta: { title: 'training.checkIn' } },
  { path: '/v/:token', name: 'printed', component: () => import('@/pages/printed/PrintedPage.vue'), meta: { open: true, title: 'printed.title' } },
  { path: '/password', name: 'first-password', component: () => import('@/pages/auth/FirstPasswordPage.vue'), meta: { title: 'auth.first.title' } },
  { path: '/u/:unit', component: () => import('@/components/layout/AppShell.vue'), children: inside },
  // Never shown: the guard answers it with the person's own home.
  { path: '/', name: 'home', component: () => import('@/pages/NowherePage.vue') },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/pages/NowherePage.vue'), meta: { open: true, title: 'nowhere.title' } },
]
