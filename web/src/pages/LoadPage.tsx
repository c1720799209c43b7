/** Alert load 告警负荷: how much one operator is told, how much of it was true, what is silenced, what is not watched. */
import { signal, useSignal } from '@preact/signals'
import { post } from '../api'
import { now, shortTime } from '../clock'
import { duration, either, t } from '../i18n'
import { demo, monitoring } from '../live/feed'
import { selectAlert } from '../selection'
import { say } from '../toast'
import type { Actor } from '../types'
import { Icon, When } from '../ui/bits'
import { FormError, useSending } from '../ui/fields'
import { useLoaded } from './load'
import { commands, Figures, Frame, Nothing, Reading } from './parts'
import type { RuleState } from './types'
import { w } from './words'

const EVERY_MS = 60_000
const HOUR_MS = 3_600_000
const STRETCHES = [8, 24, 168] as const

interface Worst { alerts: number; since: string | null; until: string | null; flood: boolean }
interface Verdicts { true: number; false_alarm: number; test: number; unsaid: number }
interface KindLoad { kind: string; title_zh: string; title_en: string; alerts: number; per_operator_hour: number; worst: Worst; verdicts: Verdicts; precision: number | null }
interface Step { at: string; alerts: number; worst: number; flood: boolean }
interface AlertLoad {
  since: string
  until: string
  alerts: number
  per_operator_hour: number
  budget_per_operator_hour: number
  flood_over: number
  worst: Worst
  under_roots: number
  silenced: number
  verdicts: Verdicts
  precision: number | null
  kinds: KindLoad[]
  steps: Step[]
  step_s: number
}
interface Shelf {
  id: number
  kind: string
  title_zh: string
  title_en: string
  vessel: { id: number; name: string; mmsi: string | null }
  zone_name: string | null
  zone_name_en: string | null
  reason: string
  by: Actor | null
  since: string
  until: string | null
  alert: number | null
  shelved: number
  born: number
}
interface Health { rules: RuleState[]; feeds: { name: string; state: string; last_message: string | null; last_fix: string | null }[] }

const hours = signal<number>(24)
const operators = signal(1)

/** A minute's steps: otherwise every second would ask anew. */
function query(): string {
  const until = Math.floor(now.value / EVERY_MS) * EVERY_MS
  const iso = (ms: number) => encodeURIComponent(new Date(ms).toISOString())
  return `/alert-load?from=${iso(until - hours.value * HOUR_MS)}&to=${iso(until)}&operators=${operators.value}`
}

export function LoadPage() {
  const load = useLoaded<AlertLoad>(useSteady(query()))
  const health = useLoaded<Health>('/status', EVERY_MS)
  return (
    <Frame title={w('load_title')} aside={<Stretch />}>
      <div class="load-page">
        <section class="load-main"><Reading of={load}>{(found) => <Load load={found} />}</Reading></section>
        <section class="load-side">
          <h3>{w('health_title')}</h3>
          <Reading of={health}>{(found) => <HealthList health={found} />}</Reading>
          <Shelves />
        </section>
      </div>
    </Frame>
  )
}

/** The numbers stay on screen while the next minute's are being asked for. */
function useSteady(path: string): string {
  const kept = useSignal({ path, at: now.peek(), key: '' })
  const key = `${hours.value} ${operators.value}`
  if (kept.peek().key !== key || now.value - kept.peek().at > EVERY_MS) kept.value = { path, at: now.value, key }
  return kept.value.path
}

function Stretch() {
  return (
    <div class="chips page-chips" role="group" aria-label={w('load_stretch')}>
      {STRETCHES.map((h) => <button type="button" class="chip" key={h} aria-pressed={hours.value === h} onClick={() => { hours.value = h }}>{w(`stretch_${h}`)}</button>)}
      <label class="chip-field">{w('load_operators')}<input type="number" min={1} max={100} value={operators.value} onChange={(e) => { operators.value = Math.min(100, Math.max(1, Math.round(Number(e.currentTarget.value)) || 1)) }} /></label>
    </div>
  )
}

const share = (part: number | null): string => (part === null ? '–' : `${Math.round(part * 100)} %`)

function Load({ load }: { load: AlertLoad }) {
  const over = load.per_operator_hour > load.budget_per_operator_hour
  const worstAt = load.worst.until ? shortTime(Date.parse(load.worst.until)) : ''
  return (
    <>
      <Figures of={[
        { label: w('load_rate'), value: load.per_operator_hour.toFixed(1), note: w('load_budget', { n: load.budget_per_operator_hour }), tone: over ? 'bad' : 'good' },
        { label: w('load_worst'), value: load.worst.alerts, note: worstAt && w('load_until', { time: worstAt }), tone: load.worst.flood ? 'bad' : 'good' },
        { label: w('load_alerts'), value: load.alerts },
        { label: w('load_precision'), value: share(load.precision), note: w('load_judged', { n: load.verdicts.true + load.verdicts.false_alarm }) },
        { label: w('load_under'), value: load.under_roots },
        { label: w('load_silenced'), value: load.silenced },
      ]} />
      <Bars load={load} />
      {load.kinds.length === 0 ? <Nothing word="load_none" /> : <Kinds kinds={load.kinds} />}
    </>
  )
}

const W = 960
const H = 120
const HOUR_MARKS = 4

/** The most in any ten minutes of each step; above the line it was a flood. */
function Bars({ load }: { load: AlertLoad }) {
  const [from, to] = [Date.parse(load.since), Date.parse(load.until)]
  const top = Math.max(load.flood_over * 1.4, ...load.steps.map((s) => s.worst))
  const x = (ms: number) => ((ms - from) / (to - from)) * W
  const y = (n: number) => H - (n / top) * H
  const width = Math.max(2, (load.step_s * 1000 / (to - from)) * W - 2)
  return (
    <figure class="load-bars">
      <figcaption>{w('load_chart', { n: load.flood_over })}</figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" role="img" aria-label={w('load_chart', { n: load.flood_over })}>
        {load.steps.map((s) => <rect key={s.at} class={s.flood ? 'flood' : ''} x={Math.max(0, x(Date.parse(s.at)) + 1)} y={y(s.worst)} width={width} height={H - y(s.worst)}><title>{`${shortTime(Date.parse(s.at))} · ${s.worst} / ${s.alerts}`}</title></rect>)}
        <line x1="0" x2={W} y1={y(load.flood_over)} y2={y(load.flood_over)} />
      </svg>
      <div class="load-hours">{Array.from({ length: HOUR_MARKS + 1 }, (_, i) => <span key={i}>{shortTime(from + ((to - from) * i) / HOUR_MARKS)}</span>)}</div>
    </figure>
  )
}

function Kinds({ kinds }: { kinds: KindLoad[] }) {
  return (
    <table class="table">
      <thead><tr><th scope="col">{w('rules_kind')}</th><th scope="col" class="num">{w('load_alerts')}</th><th scope="col" class="num">{w('load_per_hour')}</th><th scope="col" class="num">{w('load_worst')}</th><th scope="col" class="num">{w('load_true')}</th><th scope="col" class="num">{w('load_false')}</th><th scope="col" class="num">{w('load_unsaid')}</th><th scope="col" class="num">{w('load_precision')}</th></tr></thead>
      <tbody>
        {kinds.map((k) => (
          <tr key={k.kind} data-load={k.kind}>
            <td>{either(k.title_zh, k.title_en)}</td><td class="num">{k.alerts}</td><td class="num">{k.per_operator_hour.toFixed(2)}</td>
            <td class="num">{k.worst.flood && <Icon name="warn" size={13} />}{k.worst.alerts}</td>
            <td class="num">{k.verdicts.true}</td><td class="num">{k.verdicts.false_alarm}</td><td class="num">{k.verdicts.unsaid}</td><td class="num"><b>{share(k.precision)}</b></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function HealthList({ health }: { health: Health }) {
  return (
    <ul class="health">
      <li class={monitoring.value?.ok ? 'good' : 'bad'}><Icon name={monitoring.value?.ok ? 'check' : 'warn'} />{monitoring.value?.ok ? t('monitoring_ok') : t('monitoring_none')}{demo.value && <span class="tag">{t('demo_data')}</span>}</li>
      {health.feeds.map((f) => (
        <li key={f.name} class={f.state === 'up' ? 'good' : 'bad'}><Icon name={f.state === 'up' ? 'check' : 'warn'} /><span>{f.name}<small>{f.last_message ? w('feed_heard', { age: duration(now.value - Date.parse(f.last_message)) }) : w('feed_never')}</small></span></li>
      ))}
      {health.rules.length === 0 && <li class="good"><Icon name="check" />{w('health_all_rules')}</li>}
      {health.rules.map((r) => (
        <li key={r.kind} class={r.data.state === 'in_part' ? '' : 'bad'} data-lacking={r.kind}><Icon name={r.data.state === 'in_part' ? 'half' : 'warn'} /><span>{either(r.title_zh, r.title_en)}<small>{either(r.data.why_zh, r.data.why_en)}</small></span></li>
      ))}
    </ul>
  )
}

function Shelves() {
  const shelves = useLoaded<{ shelves: Shelf[] }>('/shelves', EVERY_MS / 2)
  return (
    <>
      <h3>{w('shelves_title')} <b>{shelves.value?.shelves.length ?? ''}</b></h3>
      <Reading of={shelves}>
        {({ shelves: list }) => (list.length ? <ul class="shelves">{list.map((s) => <ShelfRow key={s.id} shelf={s} onEnded={shelves.reload} />)}</ul> : <p class="drawer-note">{w('shelves_none')}</p>)}
      </Reading>
    </>
  )
}

function ShelfRow({ shelf: s, onEnded }: { shelf: Shelf; onEnded: () => Promise<void> }) {
  const { busy, error, send } = useSending()
  const zone = either(s.zone_name, s.zone_name_en)
  async function end() {
    if (!await send(() => post(`/shelves/${s.id}/end`), [])) return
    say(t('done_unshelve'))
    await onEnded()
  }
  return (
    <li data-shelf={s.id}>
      <p><button type="button" class="link" onClick={() => selectAlert(s.alert, s.vessel.id)}>{either(s.title_zh, s.title_en)} · {s.vessel.name || s.vessel.mmsi || t('v_name_unknown')}</button>{zone && ` · ${zone}`}</p>
      <p>{s.reason}</p>
      <small>{s.by?.name} · <When at={s.since} /> → {s.until ? <When at={s.until} /> : w('shelf_episode')}{s.born > 0 && ` · ${w('shelf_born', { n: s.born })}`}</small>
      {commands() && <button type="button" disabled={busy.value} onClick={() => void end()}>{t('act_unshelve')}</button>}
      <FormError text={error.value} />
    </li>
  )
}
