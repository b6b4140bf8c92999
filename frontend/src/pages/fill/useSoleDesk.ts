import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { randomUuid } from '@/lib/ids'

interface Word {
  what: 'open' | 'here' | 'take' | 'given' | 'gone'
  report: string
  from: string
  at: number
}

const CHANNEL = 'jiceng.desk'
/** A window that was frozen hears late; whoever opened the report meanwhile has it. */
const LATE = 2_000
const PATIENCE = 4_000

/**
 * One report is filled in one window of a browser: two would write over each other what they keep here. The window that
 * opened it first has it until it closes or gives it away; `leave` is what it does before that. No lock of the browser's:
 * those exist on HTTPS only.
 */
export function useSoleDesk(report: Ref<string>, leave: () => Promise<void>, entered: () => void) {
  const mine = ref(true)
  const taking = ref(false)
  if (typeof BroadcastChannel === 'undefined') return { mine, taking, take: () => undefined }

  const me = randomUuid()
  const channel = new BroadcastChannel(CHANNEL)
  let patience: ReturnType<typeof setTimeout> | null = null
  const say = (what: Word['what'], about = report.value) => { channel.postMessage({ what, report: about, from: me, at: Date.now() } satisfies Word) }

  function enter(): void {
    if (patience !== null) clearTimeout(patience)
    patience = null
    taking.value = false
    if (mine.value) return
    entered()
    mine.value = true
    say('open')
  }
  async function give(): Promise<void> {
    await leave()
    mine.value = false
    say('given')
  }
  function take(): void {
    taking.value = true
    say('take')
    patience = setTimeout(enter, PATIENCE)
  }

  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.report !== report.value || data.from === me) return
    if (data.what === 'open' && mine.value) {
      if (Date.now() - data.at > LATE) mine.value = false
      else say('here')
    } else if (data.what === 'here' && !taking.value) mine.value = false
    else if (data.what === 'take' && mine.value) void give()
    else if (data.what === 'given' && taking.value) enter()
    else if (data.what === 'gone' && !mine.value) enter()
  }

  watch(report, (now, before) => {
    if (before !== undefined && mine.value) say('gone', before)
    mine.value = true
    taking.value = false
    say('open', now)
  }, { immediate: true })
  const gone = () => { if (mine.value) say('gone') }
  const back = (event: PageTransitionEvent) => { if (event.persisted) say('open') }
  window.addEventListener('pagehide', gone)
  window.addEventListener('pageshow', back)
  onScopeDispose(() => {
    gone()
    if (patience !== null) clearTimeout(patience)
    window.removeEventListener('pagehide', gone)
    window.removeEventListener('pageshow', back)
    channel.close()
  })
  return { mine, taking, take }
}
