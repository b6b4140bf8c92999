import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw } from 'vue-router'
import { i18n, loadRest } from '@/i18n'
import { useSession } from '@/stores/session'
import { routes } from './routes'

// The history's base is read from <base href>, which the server sets to the place it is mounted at.
export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Where a person's day begins: the county at its overview, the township at this month, everyone else at their inbox. */
export function homeFor(): RouteLocationRaw {
  const session = useSession()
  const acting = session.acting
  if (!acting) return { name: 'sign-in' }
  const params = { unit: acting.unit.id }
  if (session.auditor) return { name: 'audit', params }
  if (acting.admin_kind === 'system') return { name: 'units', params }
  if (acting.roles.every((role) => role === 'administrator')) return { name: 'accounts', params }
  if (acting.unit.tier === 'county') return { name: 'overview', params }
  return { name: acting.unit.tier === 'township' ? 'month' : 'inbox', params }
}

async function admit(to: RouteLocationNormalized): Promise<RouteLocationRaw | true> {
  const session = useSession()
  if (!session.me) await session.ensure()
  const me = session.me
  if (to.meta.open === true) return me && to.name === 'sign-in' && !me.user.must_change_password ? homeFor() : true
  if (!me) return { name: 'sign-in', query: to.path === '/' ? {} : { next: to.fullPath } }
  if (me.user.must_change_password && to.name !== 'first-password') {
    return { name: 'first-password', query: { next: to.fullPath } }
  }
  if (to.name === 'home') return homeFor()
  const unit = to.params.unit
  if (typeof unit !== 'string' || session.actFor(unit)) return true
  // A colleague's link names their unit; the same thing is opened from one's own post.
  const own = session.acting
  return own ? { path: to.fullPath.replace(unit, own.unit.id) } : homeFor()
}

router.beforeEach(admit)

/** What a village opens first has its words with it. They are followed by those of the other pages, which wait for them. */
const FIRST = new Set(['sign-in', 'inbox', 'fill-list', 'submission'])
router.beforeResolve(async (to) => { if (!FIRST.has(String(to.name))) await loadRest() })
router.afterEach((to) => {
  // Without a network they are asked for by the page that needs them, which then says so.
  if (FIRST.has(String(to.name))) setTimeout(() => { loadRest().catch(() => undefined) }, 500)
})

router.afterEach((to) => {
  const title = to.meta.title
  document.title = title === undefined ? i18n.global.t('app.name') : `${i18n.global.t(title)} · ${i18n.global.t('app.name')}`
})
