// First load of the village's pages: every script reached by static imports from the entry and from those pages,
// gzipped. Run after the build; fails over the limit, so that a careless import is noticed the day it is made.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { place, reached } from './chunks.mjs'

const LIMIT = 300 * 1024

const { scripts } = reached()
let total = 0
for (const file of scripts) total += gzipSync(readFileSync(place(file))).length
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} kB`
console.log(`first load of the village's pages: ${kilobytes(total)} gzipped in ${scripts.size} files (limit ${kilobytes(LIMIT)})`)
if (total > LIMIT) process.exit(1)
