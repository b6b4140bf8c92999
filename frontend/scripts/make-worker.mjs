// Writes the service worker of this build: it keeps the entry page and what the village's pages are made of, with the
// parts that they load later. Run after the build.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { place, reached } from './chunks.mjs'

const { scripts, others } = reached({ lazily: ['src/pages/fill/', 'src/components/layout/', 'src/components/rows/', 'src/components/ui/', 'src/i18n/'] })
const files = [...scripts, ...others, 'assets/favicon.svg', 'assets/old-browser.js'].sort()
const version = createHash('sha256')
for (const file of ['index.html', ...files]) version.update(file).update(readFileSync(place(file)))
const written = readFileSync(new URL('worker.js', import.meta.url), 'utf8')
  .replace("'__VERSION__'", JSON.stringify(version.digest('hex').slice(0, 16)))
  .replace('[/* __FILES__ */]', JSON.stringify(files))
if (written.includes('__')) throw new Error('a placeholder of the worker was not filled')
writeFileSync(place('sw.js'), written)
console.log(`service worker: ${files.length} files kept for use without a network`)
