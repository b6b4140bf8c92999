// What the build made of the village's pages: files reached by static imports from the entry and from those pages.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PAGES = ['src/components/layout/AppShell.vue', 'src/pages/inbox/InboxPage.vue', 'src/pages/fill/FillListPage.vue', 'src/pages/fill/SubmissionPage.vue']

export const out = new URL('../../platform/web/static/', import.meta.url)
export const place = (file) => fileURLToPath(new URL(file, out))
const manifest = JSON.parse(readFileSync(place('.vite/manifest.json'), 'utf8'))

function chunk(key) {
  const found = manifest[key]
  if (found === undefined) throw new Error(`${key} is not in the build`)
  return found
}

/** Scripts and styles, with everything that `keys` import; `lazily` also what `under` loads later. */
export function reached({ lazily = [] } = {}) {
  const files = { scripts: new Set(), others: new Set() }
  const seen = new Set()
  const follow = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    const one = chunk(key)
    files.scripts.add(one.file)
    for (const other of [...(one.css ?? []), ...(one.assets ?? [])]) files.others.add(other)
    for (const next of one.imports ?? []) follow(next)
    for (const next of one.dynamicImports ?? []) if (lazily.some((folder) => next.startsWith(folder))) follow(next)
  }
  for (const key of ['index.html', ...PAGES]) follow(key)
  return files
}
