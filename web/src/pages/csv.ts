/** A table as people have it (RFC 4180, from a spreadsheet) as rows of the API; what is wrong keeps its line and column. */

export interface Line { number: number; cells: string[] }
export interface Fault { line: number; column: string; value: string; why: string }

/** Quotes may hold commas, line ends and doubled quotes. Empty lines are none. */
export function lines(text: string): Line[] {
  const out: Line[] = []
  let [cells, cell, quoted, number, begun] = [[] as string[], '', false, 1, 1]
  const end = () => {
    cells.push(cell.trim())
    if (cells.some((c) => c !== '')) out.push({ number: begun, cells })
    ;[cells, cell] = [[], '']
  }
  const body = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  for (let i = 0; i < body.length; i++) {
    const c = body[i]
    if (c === '\n') number++
    if (quoted) {
      if (c !== '"') cell += c
      else if (body[i + 1] === '"') { cell += '"'; i++ } else quoted = false
    } else if (c === '"' && cell.trim() === '') [quoted, cell] = [true, '']
    else if (c === ',') { cells.push(cell.trim()); cell = '' } else if (c === '\n') { end(); begun = number } else cell += c
  }
  end()
  return out
}

export type Kind = 'text' | 'number' | 'time'
/** Columns by their name in the API; each may be headed in Chinese as well. */
export type Columns = Record<string, { kind: Kind; also?: string }>
export type Value = string | number | null
export interface Table { rows: Record<string, Value>[]; numbers: number[]; faults: Fault[] }

/** Headings that mean nothing here but may stand in a file. */
const IGNORED = new Set(['source', 'note', 'demo'])

export function table(text: string, columns: Columns): Table {
  const [head, ...body] = lines(text)
  const found: Table = { rows: [], numbers: [], faults: [] }
  if (!head) return found
  const names = head.cells.map((title) => named(title, columns))
  head.cells.forEach((title, i) => {
    if (names[i] === null && !IGNORED.has(title)) found.faults.push({ line: head.number, column: title, value: '', why: 'column' })
  })
  for (const line of body) {
    const row: Record<string, Value> = {}
    names.forEach((name, i) => {
      const cell = line.cells[i] ?? ''
      if (name === null || cell === '') return
      const value = read(cell, columns[name].kind)
      if (value === null) found.faults.push({ line: line.number, column: name, value: cell, why: columns[name].kind })
      else row[name] = value
    })
    found.rows.push(row)
    found.numbers.push(line.number)
  }
  return found
}

const named = (title: string, columns: Columns): string | null =>
  Object.keys(columns).find((name) => name === title.toLowerCase() || columns[name].also === title) ?? null

function read(cell: string, kind: Kind): Value {
  if (kind === 'number') return /^[-+]?\d+(\.\d+)?$/.test(cell) ? Number(cell) : null
  return kind === 'time' ? instant(cell) : cell
}

const TIME = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/

/** RFC 3339; without an offset the port's own time. */
export function instant(cell: string): string | null {
  const [, year, month, day, clock = '00:00', offset = '+08:00'] = TIME.exec(cell) ?? []
  if (!year) return null
  const two = (text: string) => text.padStart(2, '0')
  const text = `${year}-${two(month)}-${two(day)}T${clock.length % 3 === 1 ? `0${clock}` : clock}${offset}`
  return Number.isNaN(Date.parse(text)) ? null : text
}

/** UTF-8, or what Chinese spreadsheets save by default. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** Where the server found fault, as line and column of the file: "body.rows[3].departs". */
export function faultOf(field: string, why: string, found: Table): Fault {
  const [, index, column = ''] = /(?:rows|points|features)\[(\d+)\]\.?(.*)$/.exec(field) ?? []
  const at = index === undefined ? -1 : Number(index)
  return { line: found.numbers[at] ?? 0, column: column || field, value: String(found.rows[at]?.[column] ?? ''), why }
}
