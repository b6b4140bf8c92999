// The browser tests, in two runs side by side: the month that is lived through from file to file, and what needs none
// of it. Each has a platform of its own. Named files run alone: `npm run test:e2e 9-standing`.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const named = process.argv.slice(2)

/** @param {string} part @returns {Promise<number>} */
const run = (part) =>
  new Promise((done) => {
    const child = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.e2e.config.ts', ...named], {
      stdio: 'inherit',
      env: { ...process.env, E2E_PART: part },
    })
    child.once('exit', (code) => { done(code ?? 1) })
  })

const codes = await Promise.all((named.length > 0 ? ['all'] : ['month', 'apart']).map(run))
process.exit(Math.max(...codes))
