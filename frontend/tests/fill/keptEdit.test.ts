import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useKeptEdit } from '@/composables/useKeptEdit'

const disk = vi.hoisted(() => new Map<string, unknown>())
vi.mock('@/offline/answers', () => ({
  remember: (key: string, body: unknown) => { disk.set(key, body); return Promise.resolve() },
  recalled: (key: string) => Promise.resolve(disk.has(key) ? { body: disk.get(key) } : undefined),
}))

function page(server: string) {
  const text = ref(server)
  const scope = effectScope()
  const edit = scope.run(() => useKeptEdit(() => 'minutes 1', () => text.value, (kept) => { text.value = kept }))
  if (!edit) throw new Error('no scope')
  return { text, edit, leave: () => { scope.stop() } }
}
const rest = async () => { await nextTick(); await vi.advanceTimersByTimeAsync(500) }

describe('what is changed on something that is on the server', () => {
  beforeEach(() => { vi.useFakeTimers(); disk.clear() })
  afterEach(() => { vi.useRealTimers() })

  it('comes back on what it was changed from', async () => {
    const first = page('一稿')
    await first.edit.begin()
    first.text.value = '一稿，改'
    await rest()
    first.leave()
    const again = page('一稿')
    await again.edit.begin()
    expect([again.text.value, again.edit.recovered.value]).toEqual(['一稿，改', true])
  })
  it('does not come back where that has gone on', async () => {
    disk.set('minutes 1', { base: JSON.stringify('一稿'), body: '一稿，改' })
    const later = page('二稿')
    await later.edit.begin()
    expect([later.text.value, later.edit.recovered.value]).toEqual(['二稿', false])
    expect(disk.get('minutes 1')).toBeNull()
  })
  it('is let go once it is saved, or is as it was', async () => {
    const here = page('一稿')
    await here.edit.begin()
    here.text.value = '一稿，改'
    await rest()
    expect(disk.get('minutes 1')).toEqual({ base: JSON.stringify('一稿'), body: '一稿，改' })
    here.text.value = '一稿'
    await rest()
    expect(disk.get('minutes 1')).toBeNull()
  })
  it('never overwrites what is being typed while it is looked for', async () => {
    disk.set('minutes 1', { base: JSON.stringify('一稿'), body: '旧的' })
    const here = page('一稿')
    const looking = here.edit.begin()
    here.text.value = '新的'
    await looking
    expect([here.text.value, here.edit.recovered.value]).toEqual(['新的', false])
  })
})
