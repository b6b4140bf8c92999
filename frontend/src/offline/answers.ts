import { get, type RequestOptions } from '@/api/http'
import { ApiProblem, NetworkDown } from '@/api/problem'
import type { Submission } from '@/api/types'
import type { FormDefinition } from '@/formula/types'
import { withStore } from './database'
import { pick, secretsOf } from './pending'
import { seal, unseal, type Sealed } from './vault'

/** Answers of the server kept for reading without it. */
export async function remember(key: string, body: unknown, sealed: Sealed | null = null): Promise<void> {
  const plain: unknown = JSON.parse(JSON.stringify(body))
  await withStore((store, owner) => store.put('answers', { body: plain, sealed, touched: Date.now() }, [owner, key]))
}

export async function recalled<T>(key: string): Promise<{ body: T; at: string; sealed: Sealed | null } | undefined> {
  const found = await withStore((store, owner) => store.get('answers', [owner, key]))
  return found && { body: found.body as T, at: new Date(found.touched).toISOString(), sealed: found.sealed }
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
  const secrets = secretsOf(definition)
  const cells = (all: Submission['cells']) => pick(all, (code) => !secrets.cells.has(code))
  const rows = (all: Submission['rows']) => pick(all, (table) => !secrets.tables.has(table))
  return {
    ...submission,
    cells: cells(submission.cells),
    rows: rows(submission.rows),
    aside: submission.aside && { ...submission.aside, cells: cells(submission.aside.cells) },
    previous: submission.previous && { ...submission.previous, cells: cells(submission.previous.cells), rows: rows(submission.previous.rows) },
    kept: { at: '', withheld: [...secrets.tables], hidden: [...secrets.cells] },
  }
}

const placeOf = (id: string) => `submission ${id}`

/** Kept as it stands on the server, each time that changes under this page; whole where it can be sealed. */
export async function rememberSubmission(submission: Submission, definition: FormDefinition): Promise<void> {
  const open = impersonal(submission, definition)
  const personal = (open.kept?.withheld.length ?? 0) + (open.kept?.hidden.length ?? 0) > 0
  const place = placeOf(submission.id)
  await remember(place, open, personal ? await seal(submission, place) : null)
}

export async function recallSubmission(id: string): Promise<Submission | undefined> {
  const found = await recalled<Submission>(placeOf(id))
  if (found === undefined) return undefined
  const whole = (await unseal(found.sealed, placeOf(id))) as Submission | undefined
  return { ...(whole ?? found.body), kept: { withheld: [], hidden: [], ...(whole ? {} : found.body.kept), at: found.at } }
}
