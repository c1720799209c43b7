/** A dry run 试运行: what these numbers would have raised on stored history, beside what was raised, before they are in force. */
import { useSignal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, get, post, Problem } from '../api'
import { now, shortTime } from '../clock'
import { either, t } from '../i18n'
import { Glyph, Icon } from '../ui/bits'
import { Choices } from '../ui/fields'
import type { Severity } from '../types'
import type { Override, Params } from './types'
import { w } from './words'

const POLL_MS = 1000
const DAY_MS = 86_400_000
const DAYS = ['1', '3', '7', '30']
const EXAMPLES = 12

interface LoadOf { alerts: number; per_hour: number; worst_ten_min: number; red: number; children: number }
interface Example { vessel: string; other: string; opened: string; ended: string | null; severity: Severity; child: boolean }
interface Difference { same: number; severer: number; milder: number; new: number; gone: number; examples: { new: Example[]; gone: Example[] } }
interface KindResult { kind: string; title_zh: string; title_en: string; would: LoadOf; present: LoadOf; raised: LoadOf; to_present: Difference; to_raised: Difference }
interface Result { fixes: number; stored_from: string | null; kinds: KindResult[]; not_evaluated: string[]; notes: { zh: string; en: string }[] }
interface Run { id: number; status: 'running' | 'done' | 'failed' | 'cancelled'; share: number; message: string; result: Result | null }

interface Props {
  kind: string
  numbers: () => { params: Params; scopes: Override[] } | null
  /** Runs the request so that its errors stand beside the fields of the form. */
  send: (job: () => Promise<unknown>) => Promise<boolean>
}

export function DryRun({ kind, numbers, send }: Props) {
  const days = useSignal('3')
  const run = useSignal<Run | null>(null)
  const lost = useSignal('')
  usePolling(run, lost)
  async function begin() {
    const tried = numbers()
    if (!tried) return
    run.value = null
    lost.value = ''
    const until = now.peek()
    const span = { from: new Date(until - Number(days.value) * DAY_MS).toISOString(), to: new Date(until).toISOString() }
    await send(async () => {
      try {
        run.value = await post<Run>('/dry-runs', { kind, ...tried, ...span })
      } catch (problem) {
        // A word of its own: nothing has changed meanwhile, somebody else is trying something.
        if (!(problem instanceof Problem && problem.status === 409)) throw problem
        lost.value = w('dry_busy')
      }
    })
  }
  const going = run.value?.status === 'running'
  return (
    <section class="dry-run">
      <h4>{w('dry_title')}</h4>
      <p class="form-note">{w('dry_about')}</p>
      <div class="dry-ask">
        <Choices value={days.value} choices={DAYS.map((value) => ({ value, label: w('dry_days', { n: value }) }))} onChoose={(value) => { days.value = value }} />
        {going
          ? <button type="button" onClick={() => { void call<Run>('POST', `/dry-runs/${run.value!.id}/cancel`).then((ended) => { run.value = ended }).catch(() => {}) }}>{t('act_cancel')}</button>
          : <button type="button" data-dry onClick={() => void begin()}>{w('dry_begin')}</button>}
      </div>
      {going && <p class="dry-share" role="status"><span class="meter"><i style={{ width: `${Math.round(run.value!.share * 100)}%` }} /></span>{w('dry_going', { share: Math.round(run.value!.share * 100) })}</p>}
      {lost.value && <p class="form-error" role="alert">{lost.value}</p>}
      {run.value?.status === 'failed' && <p class="form-error" role="alert">{w('dry_failed', { why: run.value.message })}</p>}
      {run.value?.result && <Outcome result={run.value.result} kind={kind} />}
    </section>
  )
}

function usePolling(run: Signal<Run | null>, lost: Signal<string>): void {
  const id = run.value?.status === 'running' ? run.value.id : null
  useEffect(() => {
    if (id === null) return
    const timer = setInterval(() => {
      get<Run>(`/dry-runs/${id}`).then((found) => { run.value = found; lost.value = '' }).catch(() => { lost.value = t('error_offline') })
    }, POLL_MS)
    return () => clearInterval(timer)
  }, [id])
}

const SIDES = ['would', 'present', 'raised'] as const

function Outcome({ result, kind }: { result: Result; kind: string }) {
  const own = result.kinds.find((k) => k.kind === kind)
  const others = result.kinds.filter((k) => k.kind !== kind)
  return (
    <div class="dry-result" role="status">
      <p>{w('dry_fixes', { n: result.fixes.toLocaleString() })}{result.stored_from && <> · {w('dry_stored', { time: shortTime(Date.parse(result.stored_from)) })}</>}</p>
      {result.not_evaluated.length > 0 && <p class="lacking"><Icon name="warn" />{w('dry_not_evaluated')}</p>}
      {own && <Sides of={own} />}
      {own && <Changed of={own.to_present} />}
      {others.length > 0 && <p>{w('dry_others', { kinds: others.map((k) => `${either(k.title_zh, k.title_en)} +${k.to_present.new} −${k.to_present.gone}`).join(w('comma')) })}</p>}
      <ul class="dry-notes">{result.notes.map((note) => <li key={note.en}>{either(note.zh, note.en)}</li>)}</ul>
    </div>
  )
}

function Sides({ of: k }: { of: KindResult }) {
  return (
    <table class="table">
      <thead><tr><th scope="col" /><th scope="col" class="num">{w('load_alerts')}</th><th scope="col" class="num">{w('dry_per_hour')}</th><th scope="col" class="num">{w('load_worst')}</th><th scope="col" class="num">{t('sev_4')}</th></tr></thead>
      <tbody>{SIDES.map((side) => <tr key={side} data-side={side}><th scope="row">{w(`dry_${side}`)}</th><td class="num"><b>{k[side].alerts}</b></td><td class="num">{k[side].per_hour.toFixed(2)}</td><td class="num">{k[side].worst_ten_min}</td><td class="num">{k[side].red}</td></tr>)}</tbody>
    </table>
  )
}

function Changed({ of: d }: { of: Difference }) {
  return (
    <>
      <p class="dry-changed"><b>{w('dry_new', { n: d.new })}</b> · <b>{w('dry_gone', { n: d.gone })}</b> · {w('dry_same', { n: d.same, up: d.severer, down: d.milder })}</p>
      <ul class="dry-examples">
        {(['new', 'gone'] as const).flatMap((sign) => d.examples[sign].slice(0, EXAMPLES).map((e, i) => (
          <li key={`${sign}${i}`}><span>{sign === 'new' ? '+' : '−'}</span><Glyph severity={e.severity} size={14} />{e.vessel} {e.other}<time>{shortTime(Date.parse(e.opened))}{e.ended && ` → ${shortTime(Date.parse(e.ended))}`}</time></li>
        )))}
      </ul>
    </>
  )
}
