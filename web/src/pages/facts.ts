/** The kinds of fact that rules need from outside: their columns, and how a file of them is sent. */
import { call, Problem } from '../api'
import { decoded, faultOf, table, type Fault, type Table, type Value } from './csv'
import { COLUMNS } from './words/columns'

export const KINDS = Object.keys(COLUMNS)
/** Kinds whose rows the server lists; of the others it knows how many. */
export const LISTED = new Set(['groups', 'trips', 'permits', 'certificates', 'ports'])
const MOST_ROWS = 5000

export interface Sent { rows: number; faults: Fault[]; error: string }

type Row = Record<string, Value>

/** All of a file or nothing of it, in one request; of wind, one for each field. */
export async function send(kind: string, bytes: ArrayBuffer): Promise<Sent> {
  const found = table(decoded(bytes), COLUMNS[kind])
  if (found.faults.length) return { rows: 0, faults: found.faults, error: '' }
  if (!found.rows.length) return { rows: 0, faults: [], error: 'empty' }
  if (LISTED.has(kind) && found.rows.length > MOST_ROWS) return { rows: 0, faults: [], error: 'long' }
  for (const { body, part } of parts(kind, found)) {
    const sent = await attempt(() => call('PUT', `/facts/${kind}`, body), part)
    if (sent.faults.length) return sent
  }
  return { rows: found.rows.length, faults: [], error: '' }
}

async function attempt(job: () => Promise<unknown>, part: Table): Promise<Sent> {
  try {
    await job()
    return { rows: part.numbers.length, faults: [], error: '' }
  } catch (problem) {
    return refused(problem, part)
  }
}

function refused(problem: unknown, found: Table): Sent {
  if (!(problem instanceof Problem) || !problem.errors.length) throw problem
  return { rows: 0, faults: problem.errors.map((e) => faultOf(e.field, e.message, found)), error: '' }
}

/** The requests that a file makes, each with the part of the file that its refusal would speak of. */
function parts(kind: string, found: Table): { body: unknown; part: Table }[] {
  if (kind === 'wind') return fields(found)
  return [{ body: kind === 'depth' ? { points: found.rows } : { rows: found.rows }, part: found }]
}

interface Field { body: { kind: Value; issued: Value; valid: Value; points: Row[] }; part: Table }

/** A file of wind holds cycles and the times they are for; the API takes one field at a time. */
export function fields(found: Table): Field[] {
  const out = new Map<string, Field>()
  found.rows.forEach(({ kind, issued, valid, ...point }, i) => {
    const key = `${kind} ${issued} ${valid}`
    const field = out.get(key) ?? { body: { kind, issued, valid, points: [] }, part: { rows: [], numbers: [], faults: [] } }
    field.body.points.push(point)
    field.part.rows.push(point)
    field.part.numbers.push(found.numbers[i])
    out.set(key, field)
  })
  return [...out.values()]
}

/** Zones go in as the GeoJSON document that they are; every feature or none. */
export async function sendZones(bytes: ArrayBuffer): Promise<Sent> {
  let document: { type?: string; features?: unknown[] }
  try {
    document = JSON.parse(decoded(bytes)) as typeof document
  } catch {
    return { rows: 0, faults: [], error: 'json' }
  }
  const list = document.features ?? [document]
  const found: Table = { rows: [], numbers: list.map((_, i) => i + 1), faults: [] }
  return attempt(() => call('POST', '/zones', document), found)
}
