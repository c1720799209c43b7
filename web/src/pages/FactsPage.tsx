/** What rules need from outside 外部资料: how much there is, how old, who entered it; and files of more. */
import { signal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { explain } from '../alerts/actions'
import { either } from '../i18n'
import { say } from '../toast'
import { Age, Icon } from '../ui/bits'
import type { Fault } from './csv'
import { KINDS, LISTED, send, sendZones, type Sent } from './facts'
import { useLoaded } from './load'
import { commands, Frame, Nothing, Reading, Split } from './parts'
import type { FactKind, Rule } from './types'
import { COLUMNS } from './words/columns'
import { w, wTerm, type Word } from './words'

const EVERY_MS = 60_000
const MOST = 200
const ZONES = 'zones'
/** Kinds of fact by the names under which rules miss them. */
const WANTED: Record<string, string[]> = {
  groups: ['ties'], trips: ['trips'], permits: ['permits'], certificates: ['nav_nm', 'wind_limit'], ports: ['berths'],
  wind: ['wind'], depth: ['depth'], zones: ['coast', 'moratorium', 'port', 'risk'],
}

const chosen = signal<string | null>(null)

export function FactsPage() {
  const found = useLoaded<{ facts: FactKind[] }>('/facts', EVERY_MS)
  const rules = useLoaded<{ rules: Rule[] }>('/rules')
  const reload = async () => { await Promise.all([found.reload(), rules.reload()]) }
  return (
    <Frame title={w('facts_title')} onBack={chosen.value ? () => { chosen.value = null } : undefined}>
      <Reading of={found}>
        {({ facts }) => <Split wide list={<KindList facts={facts} rules={rules.value?.rules ?? []} />}
          detail={chosen.value ? <FactDetail key={chosen.value} kind={chosen.value} onSent={reload} /> : null} />}
      </Reading>
    </Frame>
  )
}

function KindList({ facts, rules }: { facts: FactKind[]; rules: Rule[] }) {
  const missing = (kind: string) => rules.filter((r) => r.enabled && r.data.missing.some((name) => WANTED[kind]?.includes(name)))
  return (
    <table class={chosen.value ? 'table facts-table brief' : 'table facts-table'}>
      <thead><tr><th scope="col">{w('fact_kind')}</th><th scope="col" class="num">{w('fact_rows')}</th><th scope="col">{w('fact_changed')}</th><th scope="col">{w('fact_waiting')}</th></tr></thead>
      <tbody>
        {[...KINDS, ZONES].map((kind) => {
          const fact = facts.find((f) => f.kind === kind)
          const waiting = missing(kind)
          return (
            <tr key={kind} class={`picked-${chosen.value === kind}`}>
              <td><button type="button" class="link" data-fact={kind} onClick={() => { chosen.value = kind }}>{wTerm('fact', kind)}</button></td>
              <td class="num">{kind === ZONES ? '' : fact?.n ?? 0}</td>
              <td>{fact?.at ? <><Age at={fact.at} /><small>{fact.actor?.name ?? w('fact_by_file')}</small></> : '–'}</td>
              <td>{waiting.length > 0 && <span class="stand stand-not_evaluated"><Icon name="warn" />{waiting.map((r) => either(r.title_zh, r.title_en)).join(w('comma'))}</span>}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function FactDetail({ kind, onSent }: { kind: string; onSent: () => Promise<void> }) {
  const rows = useLoaded<{ rows: Record<string, unknown>[] }>(LISTED.has(kind) ? `/facts/${kind}` : null)
  const sent = async () => { await Promise.all([rows.reload(), onSent()]) }
  return (
    <article class="detail">
      <header><h3>{wTerm('fact', kind)}</h3></header>
      <p class="about">{wTerm('fact_about', kind)}</p>
      {commands() && <Upload kind={kind} onSent={sent} />}
      {LISTED.has(kind) && <Reading of={rows}>{(found) => <Rows kind={kind} rows={found.rows} />}</Reading>}
    </article>
  )
}

function Upload({ kind, onSent }: { kind: string; onSent: () => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null)
  const result = useSignal<(Sent & { file: string }) | null>(null)
  const busy = useSignal(false)
  async function take(file: File | undefined) {
    if (!file) return
    busy.value = true
    result.value = null
    try {
      const bytes = await file.arrayBuffer()
      const sent = await (kind === ZONES ? sendZones(bytes) : send(kind, bytes))
      result.value = { ...sent, file: file.name }
      if (sent.rows) {
        say(w('upload_done', { file: file.name, n: sent.rows }))
        await onSent()
      }
    } catch (problem) {
      result.value = { rows: 0, faults: [], error: explain(problem), file: file.name }
    } finally {
      busy.value = false
      if (input.current) input.current.value = ''
    }
  }
  return (
    <div class="upload" onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); void take(e.dataTransfer?.files[0]) }}>
      <input ref={input} type="file" class="spoken" aria-label={w('upload')} accept={kind === ZONES ? '.geojson,.json' : '.csv,.txt'} onChange={(e) => void take(e.currentTarget.files?.[0])} />
      <button type="button" class="primary" disabled={busy.value} onClick={() => input.current?.click()}><Icon name="up" />{busy.value ? w('upload_busy') : w('upload')}</button>
      <small>{kind === ZONES ? w('upload_geojson') : w('upload_csv', { columns: Object.keys(COLUMNS[kind]).join(', ') })}</small>
      {result.value && !result.value.rows && <Refusal kind={kind} of={result.value} />}
    </div>
  )
}

const WHOLE: Record<string, Word> = { empty: 'upload_empty', long: 'upload_long', json: 'upload_json' }

/** Nothing was taken; every bad row that the server or the page has found, by its line in the file. */
function Refusal({ kind, of: { file, faults, error } }: { kind: string; of: Sent & { file: string } }) {
  return (
    <div class="refusal" role="alert">
      <p><Icon name="warn" /><b>{w('upload_refused', { file })}</b> {error && (WHOLE[error] ? w(WHOLE[error]) : error)}</p>
      {faults.length > 0 && (
        <table class="table">
          <thead><tr><th scope="col" class="num">{w('fault_line')}</th><th scope="col">{w('fault_column')}</th><th scope="col">{w('fault_value')}</th><th scope="col">{w('fault_why')}</th></tr></thead>
          <tbody>{faults.slice(0, MOST).map((f, i) => <tr key={i}><td class="num">{f.line || ''}</td><td>{COLUMNS[kind]?.[f.column] ? heading(kind, f.column) : f.column}</td><td>{f.value}</td><td>{because(f)}</td></tr>)}</tbody>
        </table>
      )}
    </div>
  )
}

const REASONS: Record<string, Word> = { column: 'fault_no_column', number: 'fault_no_number', time: 'fault_no_time' }
/** The server's commonest reasons, which it gives in English. */
const SAID: [RegExp, Word][] = [
  [/^there is no vessel/, 'fault_no_vessel'], [/^there is no zone/, 'fault_no_zone'], [/^is not after/, 'fault_backwards'],
  [/^is there already/, 'fault_twice'], [/^Field required/, 'fault_required'], [/^Input should be '/, 'fault_choice'],
]

function because(f: Fault): string {
  const word = REASONS[f.why] ?? SAID.find(([start]) => start.test(f.why))?.[1]
  return word ? w(word, { why: f.why.replace(/^\D*(?='|\[)/, '') }) : f.why
}

function Rows({ kind, rows }: { kind: string; rows: Record<string, unknown>[] }) {
  const filter = useSignal('')
  if (!rows.length) return <Nothing word="fact_none" />
  const columns = Object.keys(COLUMNS[kind]).filter((name) => rows.some((r) => r[name] !== null && r[name] !== undefined))
  const wanted = filter.value.trim()
  const shown = wanted ? rows.filter((r) => columns.some((name) => String(r[name] ?? '').includes(wanted))) : rows
  return (
    <>
      <label class="search"><Icon name="search" /><input type="search" aria-label={w('fact_search')} placeholder={w('fact_search')} value={filter.value} onInput={(e) => { filter.value = e.currentTarget.value }} /></label>
      <div class="wide-table">
        <table class="table rows">
          <thead><tr>{columns.map((name) => <th scope="col" key={name}>{heading(kind, name)}</th>)}</tr></thead>
          <tbody>{shown.slice(0, MOST).map((row, i) => <tr key={i}>{columns.map((name) => <td key={name}>{cell(kind, name, row[name])}</td>)}</tr>)}</tbody>
        </table>
      </div>
      {shown.length > MOST && <p class="group-more">{w('more_rows', { n: shown.length - MOST })}</p>}
    </>
  )
}

const heading = (kind: string, name: string): string => either(COLUMNS[kind][name].also ?? name, name.split('_').join(' '))

function cell(kind: string, name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (COLUMNS[kind][name].kind !== 'time') return wTerm('cell', String(value))
  return new Date(String(value)).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
}
