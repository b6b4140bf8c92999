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
  { path: 'me', name: 'me', component: () => import('@/pages/me/MePage.vue'), meta: { title: 'nav.me' } },
]

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('@/pages/auth/SignInPage.vue'), meta: { open: true, title: 'auth.signIn' } },
  { path: '/redeem', name: 'redeem', component: () => import('@/pages/auth/RedeemPage.vue'), meta: { open: true, title: 'auth.redeem.title' } },
  { path: '/link/:token', name: 'link', component: () => import('@/pages/auth/RedeemPage.vue'), meta: { open: true, title: 'auth.redeem.linkTitle' } },
  { path: '/password', name: 'first-password', component: () => import('@/pages/auth/FirstPasswordPage.vue'), meta: { title: 'auth.first.title' } },
  { path: '/u/:unit', component: () => import('@/components/layout/AppShell.vue'), children: inside },
  // Never shown: the guard answers it with the person's own home.
  { path: '/', name: 'home', component: () => import('@/pages/NowherePage.vue') },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/pages/NowherePage.vue'), meta: { open: true, title: 'nowhere.title' } },
]
