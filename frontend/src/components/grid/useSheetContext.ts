import { computed, nextTick, type ComputedRef } from 'vue'
import type { Problem } from '@/api/types'
import { isBlankProblem } from '@/forms/problems'
import type { Cells, FormDefinition, FormField } from '@/formula'
import { sameFigure } from '@/lib/figures'
import { cellCount, MOST_CELLS, parseClipboard } from './clipboard'
import type { SheetContext } from './context'
import { moveForKey, moveFrom, type Line } from './navigation'
import { layBlock, type PasteResult, type Reading } from './paste'
import { readPasted, storedText } from './reading'
import { typingLines, zoneOf, type SheetPart } from './sheet'

export interface SheetProps {
  definition: FormDefinition
  /** What was typed and what was computed, by code. */
  values: Cells
  previous: Cells | null
  previousLabel: string | null
  problems: Problem[]
  editable: boolean
  /** Fields that are locked although nothing computes them. */
  locked?: string[]
  marks?: string[]
  zeroed?: string[]
  conflicts?: string[]
  marking?: boolean
  comparing?: boolean
  /** Tints cells that differ from these figures instead of from the period before. */
  against?: Cells | null
  firstPeriod?: boolean
}

export interface SheetEvents {
  edit: (code: string, text: string) => void
  /** A block was pasted: written in one act, so that it can be undone in one. */
  block: (result: PasteResult) => void
  tooLarge: () => void
  mark: (code: string) => void
  focus: (code: string) => void
  undo: () => void
  redo: () => void
}

interface Trouble { tone: 'error' | 'warning'; text: string }

/** Puts together what the cells of one sheet ask: values, tones, keyboard, clipboard, focus. */
export function useSheetContext(props: SheetProps, parts: ComputedRef<SheetPart[]>, events: SheetEvents) {
  const fields = computed(() => new Map<string, FormField>(props.definition.fields.map((field) => [field.code, field])))
  const marks = computed(() => new Set(props.marks ?? []))
  const zeroed = computed(() => new Set(props.zeroed ?? []))
  const conflicts = computed(() => new Set(props.conflicts ?? []))
  const locked = computed(() => new Set(props.locked ?? []))
  const elements = new Map<string, HTMLElement>()

  const troubles = computed(() => {
    const found = new Map<string, Trouble>()
    for (const problem of props.problems) {
      // A blank cell shows by itself that it is blank; red on every one of them would hide the real errors.
      if (isBlankProblem(problem)) continue
      for (const code of problem.cells) {
        const before = found.get(code)
        const text = problem.message
        const tone = problem.severity === 'error' || before?.tone === 'error' ? 'error' : 'warning'
        found.set(code, { tone, text: before === undefined ? text : `${before.text}\n${text}` })
      }
    }
    return found
  })

  function isComputed(code: string): boolean {
    const field = fields.value.get(code)
    return field?.tree != null && !(field.typed_in_first_period && (props.firstPeriod ?? false))
  }
  const isTyped = (code: string) =>
    props.editable && fields.value.has(code) && !isComputed(code) && !locked.value.has(code)
  const lines = computed<Line[]>(() => typingLines(parts.value, isTyped))

  function focusCell(code: string): void {
    const element = elements.get(code)
    if (!element) return
    element.focus()
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  function press(code: string, event: KeyboardEvent): void {
    const ctrl = event.ctrlKey || event.metaKey
    if (ctrl && ['z', 'y'].includes(event.key.toLowerCase())) {
      event.preventDefault()
      if (event.key.toLowerCase() === 'y' || event.shiftKey) events.redo()
      else events.undo()
      return
    }
    const target = event.target as HTMLInputElement | HTMLTextAreaElement
    const caret = { start: target.selectionStart ?? 0, end: target.selectionEnd ?? 0, length: target.value.length }
    const move = moveForKey({ key: event.key, shift: event.shiftKey, ctrl }, caret, target instanceof HTMLTextAreaElement)
    if (move === null) return
    const next = moveFrom(lines.value, code, move)
    // At the edge Tab goes on to the page, every other key stays.
    if (next === null && event.key === 'Tab') return
    event.preventDefault()
    if (next !== null) focusCell(next)
  }

  function read(code: string, text: string): Reading {
    const field = fields.value.get(code)
    if (field === undefined || !isTyped(code)) return { refused: 'locked' }
    const value = readPasted(field, text)
    return value === undefined ? { refused: 'unreadable' } : { value }
  }

  function paste(code: string, event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    const zone = zoneOf(parts.value, code)
    if (text.length > MOST_CELLS * 40) {
      event.preventDefault()
      events.tooLarge()
      return
    }
    const block = parseClipboard(text)
    // One cell goes into the text where the caret is.
    if (zone === null || cellCount(block) <= 1 || fields.value.get(code)?.type === 'long_text') return
    event.preventDefault()
    if (cellCount(block) > MOST_CELLS) events.tooLarge()
    else events.block(layBlock(zone, code, block, read))
  }

  const context: SheetContext = {
    field: (code) => fields.value.get(code),
    value: (code) => props.values[code] ?? null,
    previous: (code) => props.previous?.[code] ?? null,
    previousLabel: computed(() => (props.previous === null ? null : props.previousLabel)),
    typed: isTyped,
    computed: isComputed,
    changed: (code) => {
      const base = props.against ?? props.previous
      const value = props.values[code] ?? null
      return base !== null && value !== null && !sameFigure(value, base[code] ?? null)
    },
    tone: (code) => troubles.value.get(code)?.tone ?? null,
    trouble: (code) => troubles.value.get(code)?.text ?? '',
    marked: (code) => marks.value.has(code),
    zeroed: (code) => zeroed.value.has(code),
    conflict: (code) => conflicts.value.has(code),
    marking: computed(() => props.marking ?? false),
    comparing: computed(() => props.comparing ?? false),
    edit: (code, text) => {
      const field = fields.value.get(code)
      if (field) events.edit(code, storedText(field, text))
    },
    press,
    paste,
    focused: events.focus,
    toggleMark: events.mark,
    hold: (code, element) => {
      if (element) elements.set(code, element)
      else elements.delete(code)
    },
  }

  /** The first typed cell without a figure, counted from the top of the form. */
  function firstBlank(): string | null {
    return lines.value.flatMap((line) => line.cells).find((code) => (props.values[code] ?? null) === null) ?? null
  }

  async function reveal(code: string): Promise<void> {
    await nextTick()
    if (elements.has(code)) focusCell(code)
    else document.querySelector(`[data-cell="${CSS.escape(code)}"]`)?.scrollIntoView({ block: 'center' })
  }

  return { context, reveal, firstBlank }
}
