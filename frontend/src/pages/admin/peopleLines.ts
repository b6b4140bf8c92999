import type { NewPerson, Role } from '@/api/types'
import { parseClipboard } from '@/components/grid/clipboard'

export interface PeopleRead {
  people: NewPerson[]
  /** The first line, counted from 1, that lacks a name. */
  bad: number | null
}

/** People one a line, cells by tab (as pasted from Excel), comma or spaces. Blank lines don't count. */
export function readPeople(text: string, roles: Role[]): PeopleRead {
  const read: PeopleRead = { people: [], bad: null }
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const cells = line.includes('\t') ? (parseClipboard(line)[0] ?? []) : line.trim().split(/[,，\s]+/)
    const [sign_name = '', display_name = '', phone = ''] = cells.map((cell) => cell.trim())
    if (sign_name === '' || display_name === '') read.bad ??= at + 1
    else read.people.push({ sign_name, display_name, phone: phone === '' ? null : phone, roles })
  }
  return read
}
