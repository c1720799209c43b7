/** Calls to /api/v1. A refusal becomes a Problem that knows which field it is about. */
import { noteServerTime } from './clock'

export const BASE = 'api/v1'

interface FieldError { field: string; message: string }

/** RFC 9457 problem details, or what comes nearest when the server could not answer. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly errors: FieldError[]

  constructor(status: number, body: { type?: string; title?: string; detail?: string; errors?: FieldError[] }) {
    super(body.detail || body.title || `HTTP ${status}`)
    this.status = status
    this.type = body.type ?? ''
    this.errors = body.errors ?? []
  }

  field(name: string): string | undefined {
    return this.errors.find((e) => e.field === name || e.field.endsWith(`.${name}`))?.message
  }

  /** What is to stand beside these fields; a name that ends in a dot takes all that begins with it. */
  beside(names: string[]): [string, string][] {
    return names.flatMap((name): [string, string][] => {
      if (name.endsWith('.')) return this.errors.filter((e) => e.field.startsWith(name)).map((e) => [e.field, e.message])
      const message = this.field(name)
      return message ? [[name, message]] : []
    })
  }
}

/** The server could not be reached at all. */
export const OFFLINE = 0

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

let whenSignedOut: () => void = () => {}
export const onSignedOut = (react: () => void): void => void (whenSignedOut = react)

export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${BASE}${path}`, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Problem(OFFLINE, {})
  })
  noteServerTime(answer.headers.get('Date'))
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T
  const problem = new Problem(answer.status, await answer.json().catch(() => ({})))
  if (answer.status === 401 && !path.startsWith('/session')) whenSignedOut()
  throw problem
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path)
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('POST', path, body)
