/** What the server says when it refuses: `application/problem+json`, in the reader's language. */
export interface ProblemBody {
  type?: string
  code?: string
  title?: string
  status?: number
  detail?: string
  fields?: Record<string, string>
  current?: unknown
  [extra: string]: unknown
}

export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly body: ProblemBody

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `HTTP ${String(status)}`)
    this.name = 'ApiProblem'
    this.status = status
    this.code = body.code ?? 'unknown'
    this.body = body
  }
}

/** The request never reached the server, or no answer came back. The command may be repeated with the same key. */
export class NetworkDown extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'network down')
    this.name = 'NetworkDown'
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code)
}

/** A browser inside another app, which opens pages but saves no files. */
export class CantSave extends Error {}
