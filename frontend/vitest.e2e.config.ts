import { fileURLToPath, URL } from 'node:url'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** One month is lived through from file to file: they run in the order of their names. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve([...files].sort((a, b) => a.moduleId.localeCompare(b.moduleId)))
  }
}

/** Files that need nothing of the month and leave nothing to it: they run beside it (`scripts/e2e.mjs`). */
const APART = ['5-administrators', '6-pages', '7-comparison', '8-dispatch', '8-plans', '8-tasks', '9-largest-county', '9-task-form'].map((name) => `tests/e2e/${name}.e2e.ts`)
const part = process.env.E2E_PART ?? 'all'

/** The real platform in a real browser. One worker: the pages share one demonstration district. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    include: part === 'apart' ? APART : ['tests/e2e/*.e2e.ts'],
    exclude: part === 'month' ? APART : [],
    environment: 'node',
    globalSetup: 'tests/e2e/platform.ts',
    sequence: { sequencer: ByName },
    fileParallelism: false,
    maxWorkers: 1,
    // What is awaited may take as long as an element may: a key made of a PIN takes seconds on a busy machine.
    expect: { poll: { timeout: 15_000, interval: 50 } },
    testTimeout: 90_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    reporters: ['verbose'],
  },
})
