import { inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { FormField } from '@/formula/types'

/** What every cell of a sheet asks about itself. One object for the sheet, so that a cell needs only its code. */
export interface SheetContext {
  field: (code: string) => FormField | undefined
  value: (code: string) => string | null
  previous: (code: string) => string | null
  /** Label of the period before, absent when there is none. */
  previousLabel: ComputedRef<string | null>
  /** Whether the cell takes typing here and now. */
  typed: (code: string) => boolean
  /** Filled by its formula. */
  computed: (code: string) => boolean
  /** Differs from the period before, or from what was handed in last. */
  changed: (code: string) => boolean
  tone: (code: string) => 'error' | 'warning' | null
  /** The problems of the cell in one sentence, for its tooltip and its description. */
  trouble: (code: string) => string
  marked: (code: string) => boolean
  zeroed: (code: string) => boolean
  conflict: (code: string) => boolean
  /** Cells are clicked to mark them instead of typed into. */
  marking: ComputedRef<boolean>
  /** Shows this period, last period and the difference one under the other. */
  comparing: ComputedRef<boolean>
  edit: (code: string, text: string) => void
  press: (code: string, event: KeyboardEvent) => void
  paste: (code: string, event: ClipboardEvent) => void
  focused: (code: string) => void
  toggleMark: (code: string) => void
  /** Lets the sheet put the focus into the cell. */
  hold: (code: string, element: HTMLElement | null) => void
}

const KEY: InjectionKey<SheetContext> = Symbol('sheet')

export function provideSheet(context: SheetContext): void {
  provide(KEY, context)
}

export function useSheet(): SheetContext {
  const context = inject(KEY)
  if (!context) throw new Error('a cell stands outside a sheet')
  return context
}
