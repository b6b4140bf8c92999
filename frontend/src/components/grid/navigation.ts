/** Moving about a sheet by keyboard. */

/** One row of cells as it stands on the screen. */
export interface Line {
  cells: readonly string[]
  /** A piece of one wide row: Enter then runs along it as a form is read, instead of dropping into another piece. */
  folded?: boolean
}

export type Lines = readonly Line[]

export type Move =
  | 'up' | 'down' | 'left' | 'right' | 'next' | 'previous' | 'lineStart' | 'lineEnd' | 'first' | 'last' | 'enter' | 'enterBack'

export function locate(lines: Lines, code: string): { line: number; place: number } | null {
  for (const [line, { cells }] of lines.entries()) {
    const place = cells.indexOf(code)
    if (place >= 0) return { line, place }
  }
  return null
}

/** The cell that a move leads to, or null at the edge of the sheet. A line of another length is entered at the nearest place. */
export function moveFrom(lines: Lines, code: string, move: Move): string | null {
  const at = locate(lines, code)
  if (at === null) return null
  const flat = lines.flatMap((line) => line.cells)
  const index = flat.indexOf(code)
  const cells = lines[at.line]?.cells ?? []
  const folded = lines[at.line]?.folded ?? false
  switch (move) {
    case 'left': return cells[at.place - 1] ?? null
    case 'right': return cells[at.place + 1] ?? null
    case 'next': return flat[index + 1] ?? null
    case 'previous': return flat[index - 1] ?? null
    case 'lineStart': return cells[0] ?? null
    case 'lineEnd': return cells[cells.length - 1] ?? null
    case 'first': return flat[0] ?? null
    case 'last': return flat[flat.length - 1] ?? null
    case 'up': return vertical(lines, at, -1)
    case 'down': return vertical(lines, at, 1)
    case 'enter': return (folded ? null : vertical(lines, at, 1)) ?? flat[index + 1] ?? null
    case 'enterBack': return (folded ? null : vertical(lines, at, -1)) ?? flat[index - 1] ?? null
  }
}

function vertical(lines: Lines, at: { line: number; place: number }, step: 1 | -1): string | null {
  for (let line = at.line + step; line >= 0 && line < lines.length; line += step) {
    const cells = lines[line]?.cells ?? []
    if (cells.length > 0) return cells[Math.min(at.place, cells.length - 1)] ?? null
  }
  return null
}

export interface Caret {
  start: number
  end: number
  length: number
}

export interface Press {
  key: string
  shift: boolean
  ctrl: boolean
}

/**
 * What a key means in a cell. Left and right leave the cell only from the end of its text or when all of it is
 * selected, so that a long number can still be mended with the arrows. Null: the key belongs to the text.
 */
export function moveForKey({ key, shift, ctrl }: Press, caret: Caret, multiline: boolean): Move | null {
  const whole = caret.start === 0 && caret.end === caret.length
  switch (key) {
    case 'Tab': return shift ? 'previous' : 'next'
    case 'Enter':
      if (multiline && !ctrl) return null
      return shift ? 'enterBack' : 'enter'
    case 'ArrowUp': return multiline && !whole ? null : 'up'
    case 'ArrowDown': return multiline && !whole ? null : 'down'
    case 'ArrowLeft': return !shift && (whole || caret.end === 0) ? 'left' : null
    case 'ArrowRight': return !shift && (whole || caret.start === caret.length) ? 'right' : null
    case 'Home': return ctrl ? 'first' : whole ? 'lineStart' : null
    case 'End': return ctrl ? 'last' : whole ? 'lineEnd' : null
    default: return null
  }
}
