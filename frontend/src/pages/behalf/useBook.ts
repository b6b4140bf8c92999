import { computed, reactive, shallowRef } from 'vue'
import type { BehalfBook, BookFilled, BookLine } from '@/api/behalf'

type Problem = BookLine['problems'][number]

/** 须说明 of a line that nobody has answered yet. */
export const unexplained = (line: BookLine, reasons: Readonly<Record<string, string>>): Problem[] =>
  line.problems.filter((one) => one.severity === 'warning' && (reasons[one.reason_key] ?? '').trim() === '')

/**
 * What a filled workbook would hand in, and for whom it is to be done. A file without anything to mend is picked whole;
 * of one with something to mend nothing is, until it is ticked. Lines that came too late are no fault of the file.
 */
export function useBook() {
  const found = shallowRef<BehalfBook | null>(null)
  const picked = reactive(new Set<string>())
  const reasons = reactive<Record<string, Record<string, string>>>({})
  /** What became of a line: handed in, or why not. */
  const outcome = reactive<Record<string, string | true>>({})

  const lines = computed(() => found.value?.lines ?? [])
  const mend = computed(() => (found.value?.troubles.length ?? 0) > 0 || lines.value.some((one) => one.state === 'faulty' || one.state === 'blocked'))
  const said = (line: BookLine) => reasons[line.submission_id] ?? {}
  function may(line: BookLine): boolean {
    if (outcome[line.submission_id] === true) return false
    return line.state === 'ready' || (line.state === 'explain' && unexplained(line, said(line)).length === 0)
  }
  const offered = computed(() => lines.value.filter(may))
  const chosen = computed(() => offered.value.filter((one) => picked.has(one.submission_id)))

  function pickAll(take: boolean): void {
    picked.clear()
    if (take) for (const line of offered.value) picked.add(line.submission_id)
  }
  function put(next: BehalfBook | null): void {
    found.value = next
    for (const kept of [reasons, outcome]) for (const id of Object.keys(kept)) Reflect.deleteProperty(kept, id)
    for (const line of next?.lines ?? []) reasons[line.submission_id] = { ...line.reasons }
    pickAll(!mend.value)
  }
  function explain(line: BookLine, key: string, text: string): void {
    reasons[line.submission_id] = { ...said(line), [key]: text }
    if (may(line) && !mend.value) picked.add(line.submission_id)
  }
  const sent = (): BookLine[] => chosen.value.map((line) => ({ ...line, reasons: said(line) }))
  function settle(done: BookFilled): void {
    for (const id of done.done) outcome[id] = true
    for (const one of done.refused) outcome[one.id] = one.detail
    picked.clear()
  }
  return { found, lines, mend, picked, said, may, offered, chosen, outcome, pickAll, put, explain, sent, settle }
}
