// Writes the service worker of this build: it keeps the entry page and what the village's pages are made of, with the
// parts that they load later. Run after the build.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { place, reached } from './chunks.mjs'

const { scripts, others } = reached({ lazily: ['src/pages/fill/', 'src/components/layout/', 'src/components/rows/', 'src/components/ui/', 'src/i18n/'] })
const files = [...scripts, ...others, 'assets/favicon.svg', 'assets/old-browser.js'].sort()
const version = createHash('sha256')
for (const file of ['index.html', ...files]) version.update(file).update(readFileSync(place(file)))
let written = readFileSync(new URL('worker.js', import.meta.url), 'utf8')
for (const [gap, value] of [["'__VERSION__'", version.digest('hex').slice(0, 16)], ['[/* __FILES__ */]', files]]) {
  if (!written.includes(gap)) throw new Error(`the worker has no place for ${gap}`)
  // By a function: a `$` in a file's name is no pattern.
  written = written.replace(gap, () => JSON.stringify(value))
}
writeFileSync(place('sw.js'), written)
console.log(`service worker: ${files.length} files kept for use without a network`)
