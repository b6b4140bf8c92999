import type { FormDefinition, Label } from '@/formula/types'
import { changedRows, type Pending } from './pending'

interface Words {
  item: string
  base: string
  mine: string
  blank: string
}

/** A text a spreadsheet would take for a formula is written so that it stays text. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text
  return `"${safe.replace(/"/g, '""')}"`
}

/** What was typed and not taken by the server, as a file that Excel opens: item, what it was based on, what was typed. */
export function pendingCsv(pending: Pending, definition: FormDefinition, say: (label: Label) => string, words: Words): string {
  const names = new Map(definition.fields.map((field) => [field.code, say(field.name)]))
  const lines: string[][] = [[pending.unit, pending.form, pending.period], [words.item, words.base, words.mine]]
  for (const [code, { base, mine }] of Object.entries(pending.cells)) lines.push([names.get(code) ?? code, base ?? words.blank, mine ?? words.blank])
  const changed = new Set(changedRows(pending.rows?.base ?? {}, pending.rows?.mine ?? {}))
  for (const table of definition.tables) {
    if (table.kind !== 'rows') continue
    const mine = (pending.rows?.mine[table.code] ?? []).filter((row) => changed.has(`${table.code}/${row.id}`))
    if (mine.length === 0) continue
    lines.push([], [say(table.title)], table.columns.map((column) => say(column.label)))
    for (const row of mine) lines.push(table.columns.map((column) => row.cells[column.code] ?? ''))
  }
  return `\uFEFF${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`
}

export function hand(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => { URL.revokeObjectURL(address) }, 60_000)
}
