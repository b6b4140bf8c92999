import './lib/oldBrowsers'
import './theme/tokens.css'
import './theme/base.css'
import './theme/element.css'
import './theme/print.css'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { configureHttp } from './api/http'
import { isProblem } from './api/problem'
import { currentLocale, i18n, restoreLocale } from './i18n'
import { restoreLarge } from './lib/largeType'
import { wipe } from './offline/database'
import { watchWorker } from './offline/worker'
import { router } from './router'
import { useSession } from './stores/session'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // Answers are replaced, never changed in place: proxies around thousands of rows would only cost time.
      shallow: true,
      // Asked even when the browser believes to be offline: what was kept answers then.
      networkMode: 'always',
      // What the server refused it will refuse again; only a weak network deserves another try.
      retry: (failures, error) => !isProblem(error) && failures < 2,
    },
  },
})

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.use(VueQueryPlugin, { queryClient: queries })

const session = useSession()
configureHttp({
  membership: () => session.actingId,
  locale: currentLocale,
  onSignedOut: (revoked) => {
    if (!session.me) return
    // A session that merely idled out leaves what was typed for its owner's next sign-in.
    session.forget()
    if (revoked) void wipe()
    queries.clear()
    void router.push({ name: 'sign-in', query: { next: router.currentRoute.value.fullPath, ended: '1' } })
  },
})

restoreLarge()
void restoreLocale().then(() => {
  app.use(router)
  app.mount('#app')
  watchWorker(() => session.me !== null)
})
