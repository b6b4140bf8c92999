// Keeps the program, never data: pages ask the network first and open from here without it. What is under `api/` passes
// by; the pages themselves keep what they read.
const NAME = 'jiceng-program-' + '__VERSION__'
const FILES = [/* __FILES__ */]
const PAGE = './'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([new Request(PAGE, { cache: 'reload' }), ...FILES])))
})

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('jiceng-program-') && name !== NAME
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

async function page(request) {
  try {
    const answer = await fetch(request)
    if (answer.status < 500) return answer
  } catch {
    // No network.
  }
  return (await caches.match(new URL(PAGE, self.registration.scope).href, { cacheName: NAME })) ?? Response.error()
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const scope = new URL(self.registration.scope)
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== scope.origin || !address.pathname.startsWith(scope.pathname)) return
  const path = address.pathname.slice(scope.pathname.length)
  if (path.startsWith('assets/')) event.respondWith(caches.match(request, { cacheName: NAME }).then((kept) => kept ?? fetch(request)))
  else if (request.mode === 'navigate' && !path.startsWith('api/') && !path.startsWith('schema')) event.respondWith(page(request))
})
