// First load of the village's pages: every script reached by static imports from the entry and from those pages,
// gzipped. Run after the build; fails over the limit, so that a careless import is noticed the day it is made.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const LIMIT = 300 * 1024
const PAGES = ['src/components/layout/AppShell.vue', 'src/pages/inbox/InboxPage.vue', 'src/pages/fill/FillListPage.vue', 'src/pages/fill/SubmissionPage.vue']

const out = new URL('../../platform/web/static/', import.meta.url)
const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('.vite/manifest.json', out)), 'utf8'))

const files = new Set()
const seen = new Set()
function follow(key) {
  if (seen.has(key)) return
  seen.add(key)
  const chunk = manifest[key]
  if (chunk === undefined) throw new Error(`${key} is not in the build`)
  files.add(chunk.file)
  for (const next of chunk.imports ?? []) follow(next)
}
for (const key of ['index.html', ...PAGES]) follow(key)

let total = 0
for (const file of files) total += gzipSync(readFileSync(fileURLToPath(new URL(file, out)))).length
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} kB`
console.log(`first load of the village's pages: ${kilobytes(total)} gzipped in ${files.size} files (limit ${kilobytes(LIMIT)})`)
if (total > LIMIT) process.exit(1)
