import type { FormDefinition, Label, Severity } from '@/formula'

export interface CheckInWords {
  code: string
  severity: Severity
  text: string
  /** How many checks say the same of other fields. */
  alike: number
}

/** The checks as sentences: names for codes, without the values that only a filled form has. Repeated ones are told once. */
export function checksInWords(definition: FormDefinition, say: (label: Label) => string): CheckInWords[] {
  const names = new Map(definition.fields.map((field) => [field.code, say(field.name)]))
  for (const table of definition.tables) {
    if (table.kind === 'rows') for (const column of table.columns) names.set(column.code, say(column.label))
  }
  const told = new Map<string, CheckInWords>()
  for (const check of definition.checks) {
    const before = told.get(check.code)
    if (before) before.alike += 1
    else told.set(check.code, { code: check.code, severity: check.severity, text: plain(say(check.message), names), alike: 1 })
  }
  return [...told.values()]
}

function plain(message: string, names: ReadonlyMap<string, string>): string {
  return message
    .replace(/\s*[（(][^（()）]*\{[a-z0-9_]+\.value\}[^（()）]*[）)]/g, '')
    .replace(/\{[a-z0-9_]+\.value\}/g, '…')
    .replace(/\{([a-z0-9_]+)\}/g, (whole, code: string) => names.get(code) ?? whole)
}
