import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the platform answers, without a slash at the end. */
    address: string
    /** Where the one browser of the run listens. */
    browser: string
  }
}

export const ROOT = resolve(import.meta.dirname, '../../..')
/** Pictures of the pages on which a test failed. */
export const PICTURES = resolve(import.meta.dirname, '../../test-results')
const START = 240_000
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell'
export const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Starts the whole platform with its demonstration, and a browser, for all tests of one run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const [file, how] of [
    [join(ROOT, 'platform/web/static/index.html'), 'npm run build'],
    [join(ROOT, '.venv/bin/python'), 'make setup'],
    [CHROMIUM, 'apt-get install chromium-headless-shell, or set CHROMIUM to any Chromium'],
  ] as const) {
    if (!existsSync(file)) throw new Error(`${file} is missing: ${how}`)
  }
  await rm(PICTURES, { recursive: true, force: true })
  const data = await mkdtemp(join(tmpdir(), 'jiceng-e2e-'))
  const server = serve(data)
  const orphaned = () => { server.kill('SIGTERM') }
  process.once('exit', orphaned)

  async function down(): Promise<void> {
    process.off('exit', orphaned)
    await stop(server)
    await rm(data, { recursive: true, force: true })
  }
  try {
    const address = await announced(server)
    const browser = await chromium.launchServer({ executablePath: CHROMIUM, args: QUIET, host: '127.0.0.1' })
    project.provide('address', address)
    project.provide('browser', browser.wsEndpoint())
    return async () => {
      await browser.close()
      await down()
    }
  } catch (error) {
    await down()
    throw error
  }
}

export function serve(data: string, more: Record<string, string> = {}): ChildProcess {
  const plain = Object.entries(process.env).filter(([name]) => !name.startsWith('JICENG_'))
  return spawn(join(ROOT, '.venv/bin/python'), ['-m', 'cli.main', 'serve', '--demo', '--data', data, '--port', '0'], {
    cwd: ROOT,
    env: { ...Object.fromEntries(plain), PYTHONPATH: join(ROOT, 'platform'), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The address from the line that says the platform is ready. */
export function announced(server: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = ''
    const give = (why: string) => { failed(new Error(`The platform did not start: ${why}\n${said}`)) }
    const patience = setTimeout(() => { give(`nothing for ${String(START / 1000)} s`) }, START)
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const address = /Jiceng is at (http:\/\/\S+)/.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(patience)
      found(address)
    }
    server.stdout?.on('data', listen)
    server.stderr?.on('data', listen)
    server.once('error', (error) => { give(error.message) })
    server.once('exit', (code) => { give(`ended with ${String(code)}`) })
  })
}

/** Ctrl-C's way: it stops what it started, database included. Killed only when it doesn't. */
export function stop(server: ChildProcess): Promise<void> {
  return new Promise((stopped) => {
    if (server.exitCode !== null || server.signalCode !== null) {
      stopped()
      return
    }
    const patience = setTimeout(() => { server.kill('SIGKILL') }, 45_000)
    server.once('exit', () => {
      clearTimeout(patience)
      stopped()
    })
    server.kill('SIGTERM')
  })
}
