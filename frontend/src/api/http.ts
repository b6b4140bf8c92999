import { noteServerDate } from '@/lib/clock'
import { reached } from '@/lib/connection'
import { ApiProblem, CantSave, NetworkDown, type ProblemBody } from './problem'
import { isInApp } from '@/lib/inApp'

const CSRF = 'jiceng_csrf'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type QueryValue = string | number | boolean | readonly string[] | null | undefined

export interface RequestOptions {
  body?: unknown
  form?: FormData
  query?: Record<string, QueryValue>
  /** Row version; sent as a quoted entity tag. */
  ifMatch?: number | string
  /** Names one intended command, so that a repeat after a lost answer isn't done twice. */
  idempotencyKey?: string
  signal?: AbortSignal
  /** Overrides the acting membership, for an inbox entry of another unit. */
  membership?: string
}

interface Surroundings {
  membership: () => string | null
  locale: () => string
  /** The session has ended behind our back: by itself, or because somebody ended it. */
  onSignedOut: (revoked: boolean) => void
}

let surroundings: Surroundings = {
  membership: () => null,
  locale: () => 'zh-CN',
  onSignedOut: () => undefined,
}

export function configureHttp(next: Surroundings): void {
  surroundings = next
}

/** The post that requests act for at the moment. */
export const actingMembership = () => surroundings.membership() ?? ''

export function apiUrl(path: string, query?: Record<string, QueryValue>): string {
  const url = new URL(`api/${path.replace(/^\//, '')}`, document.baseURI)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (Array.isArray(value)) for (const one of value as readonly string[]) url.searchParams.append(name, one)
    else if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value))
  }
  return url.href
}

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found === undefined ? null : decodeURIComponent(found.slice(name.length + 1))
}

/** A browser without this cookie, which is set and cleared with the session, has no session to ask about. */
export const mayHaveSession = () => cookie(CSRF) !== null

export function headersFor(method: Method, options: RequestOptions): Headers {
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': surroundings.locale() })
  const membership = options.membership ?? surroundings.membership()
  if (membership !== null) headers.set('X-Jiceng-Membership', membership)
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${String(options.ifMatch)}"`)
  if (options.idempotencyKey !== undefined) headers.set('Idempotency-Key', options.idempotencyKey)
  const csrf = method === 'GET' ? null : cookie(CSRF)
  if (csrf !== null) headers.set('X-CSRF-Token', csrf)
  return headers
}

async function problemOf(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {}
  try {
    body = (await response.json()) as ProblemBody
  } catch {
    // A gateway's own error page: the status is all there is.
  }
  return new ApiProblem(response.status, body)
}

/** Sign-in answers 401 for wrong passwords too; only these say that a session has ended. */
const ENDED = new Set(['not_authenticated', 'session_revoked', 'unknown'])

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  let response: Response
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      headers: headersFor(method, options),
      body: options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      credentials: 'same-origin',
      signal: options.signal,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    reached.value = false
    throw new NetworkDown(error)
  }
  reached.value = true
  noteServerDate(response.headers.get('Date'))
  if (response.ok) return response
  const problem = await problemOf(response)
  if (problem.status === 401 && ENDED.has(problem.code) && !path.startsWith('auth/')) surroundings.onSignedOut(problem.code === 'session_revoked')
  throw problem
}

/** The one way to the server. Callers name the answer's type; an empty answer is `undefined`. */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export const get = <T>(path: string, options?: RequestOptions) => request<T>('GET', path, options)
export const post = <T>(path: string, options?: RequestOptions) => request<T>('POST', path, options)
export const put = <T>(path: string, options?: RequestOptions) => request<T>('PUT', path, options)
export const patch = <T>(path: string, options?: RequestOptions) => request<T>('PATCH', path, options)
export const del = <T>(path: string, options?: RequestOptions) => request<T>('DELETE', path, options)

/** A file to show in the page. */
export const fetchBlob = async (path: string): Promise<Blob> => (await send('GET', path, {})).blob()

/** Fetches a file with the acting membership (a plain link could not say it) and hands it to the browser. */
export async function download(path: string, name: string, body?: unknown): Promise<void> {
  if (isInApp()) throw new CantSave()
  const response = await send(body === undefined ? 'GET' : 'POST', path, { body })
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => { URL.revokeObjectURL(address) }, 60_000)
}
