import { get, type RequestOptions } from '@/api/http'
import { ApiProblem, NetworkDown } from '@/api/problem'
import type { Submission } from '@/api/types'
import type { FormDefinition } from '@/formula/types'
import { withStore } from './database'

/** Answers of the server kept for reading without it. */
export async function remember(key: string, body: unknown): Promise<void> {
  const plain: unknown = JSON.parse(JSON.stringify(body))
  await withStore((store) => store.put('answers', { key, body: plain, touched: Date.now() }))
}

export async function recalled<T>(key: string): Promise<{ body: T; at: string } | undefined> {
  const found = await withStore((store) => store.get('answers', key))
  return found && { body: found.body as T, at: new Date(found.touched).toISOString() }
}

/** The server can't be asked at the moment, which is not an answer of its own. */
export const unreachable = (error: unknown): boolean =>
  error instanceof NetworkDown || (error instanceof ApiProblem && [502, 503, 504].includes(error.status))

/** What the server says; where it can't be reached, what it said last. */
export async function getKept<T>(path: string, key: string, options: RequestOptions = {}): Promise<T> {
  try {
    const answer = await get<T>(path, options)
    void remember(key, answer)
    return answer
  } catch (error) {
    const kept = unreachable(error) ? await recalled<T>(key) : undefined
    if (kept === undefined) throw error
    return kept.body
  }
}

/** A submission without what is personal, and the codes of the tables left out with it. */
export function impersonal(submission: Submission, definition: FormDefinition): Submission {
  const withheld = definition.tables.filter((table) => table.kind === 'rows' && table.columns.some((one) => one.personal !== null)).map((table) => table.code)
  const hidden = new Set(definition.fields.filter((field) => field.personal !== null).map((field) => field.code))
  const without = <T>(all: Record<string, T>, gone: (key: string) => boolean) => Object.fromEntries(Object.entries(all).filter(([key]) => !gone(key)))
  const cells = (all: Submission['cells']) => without(all, (code) => hidden.has(code))
  const rows = (all: Submission['rows']) => without(all, (table) => withheld.includes(table))
  return {
    ...submission,
    cells: cells(submission.cells),
    rows: rows(submission.rows),
    aside: submission.aside && { ...submission.aside, cells: cells(submission.aside.cells) },
    previous: submission.previous && { ...submission.previous, cells: cells(submission.previous.cells), rows: rows(submission.previous.rows) },
    kept: { at: '', withheld, hidden: [...hidden] },
  }
}

const placeOf = (id: string) => `submission ${id}`

/** Kept as it stands on the server, each time that changes under this page. */
export function rememberSubmission(submission: Submission, definition: FormDefinition): void {
  void remember(placeOf(submission.id), impersonal(submission, definition))
}

export async function recallSubmission(id: string): Promise<Submission | undefined> {
  const found = await recalled<Submission>(placeOf(id))
  return found && { ...found.body, kept: { withheld: found.body.kept?.withheld ?? [], hidden: found.body.kept?.hidden ?? [], at: found.at } }
}
