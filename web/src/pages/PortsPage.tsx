/** Ports 进出港: who lies where, how full, who came and went since midnight. */
import { signal } from '@preact/signals'
import { now, shortTime } from '../clock'
import { duration, either, t } from '../i18n'
import { selectVessel } from '../selection'
import { Icon, When } from '../ui/bits'
import { useLoaded } from './load'
import { Figures, Frame, Meter, Nothing, Reading, seesAll, Split } from './parts'
import type { PortState, PortStates, PortVisit, Rule } from './types'
import { w } from './words'

const EVERY_MS = 30_000
const MOST = 200
/** Where the rule of crowded ports cannot be read; domain A.2, 27. */
const FULL_PCT = 90

const VIEWS = ['there', 'arrived', 'departed'] as const
type View = (typeof VIEWS)[number]

const chosen = signal<string | null>(null)
const view = signal<View>('there')

/** The same number that raises "port crowded". */
function useFullPct(): number {
  const rule = useLoaded<Rule>('/rules/port_crowding')
  const set = rule.value?.params.full_pct
  return typeof set === 'number' ? set : FULL_PCT
}

export const nearFull = (p: PortState, pct: number): boolean => p.places !== null && p.in_port >= (p.places * pct) / 100

export function PortsPage() {
  const found = useLoaded<PortStates>('/ports', EVERY_MS)
  const pct = useFullPct()
  const port = found.value?.ports.find((p) => p.code === chosen.value)
  return (
    <Frame title={w('ports_title')} onBack={port && (() => { chosen.value = null })} aside={found.value && <span class="page-note">{w('ports_since', { time: shortTime(Date.parse(found.value.since)) })}</span>}>
      <Reading of={found}>
        {(states) => <Split list={<PortList states={states} pct={pct} />} detail={port ? <Visits key={port.code} port={port} since={states.since} /> : null} />}
      </Reading>
    </Frame>
  )
}

function PortList({ states, pct }: { states: PortStates; pct: number }) {
  const sum = (key: 'in_port' | 'berthed' | 'arrivals' | 'departures') => states.ports.reduce((n, p) => n + p[key], 0)
  return (
    <>
      <Figures of={[
        { label: w('at_sea'), value: states.at_sea }, { label: w('in_port'), value: sum('in_port') }, { label: w('berthed'), value: sum('berthed') },
        { label: w('arrivals'), value: sum('arrivals') }, { label: w('departures'), value: sum('departures') },
      ]} />
      {!seesAll() && <p class="page-note split-note">{w('ports_own')}</p>}
      {states.ports.length === 0 && <Nothing word="ports_none" />}
      <table class="table ports">
        <thead><tr><th scope="col">{w('port')}</th><th scope="col">{w('in_port')}</th><th scope="col" class="num">{w('berthed')}</th><th scope="col" class="num">{w('arrivals')}</th><th scope="col" class="num">{w('departures')}</th></tr></thead>
        <tbody>{states.ports.map((p) => <PortRow key={p.id} port={p} full={nearFull(p, pct)} />)}</tbody>
      </table>
    </>
  )
}

function PortRow({ port: p, full }: { port: PortState; full: boolean }) {
  // Of one's own boats alone a port is never full.
  const places = seesAll() ? p.places : null
  return (
    <tr class={`picked-${chosen.value === p.code}`}>
      <td><button type="button" class="link" data-port={p.code} onClick={() => { chosen.value = p.code }}>{either(p.name, p.name_en)}</button></td>
      <td class="filling">
        <b>{p.in_port}</b>{places !== null && <> / {places}</>}
        {places !== null && <Meter value={p.in_port} most={places} warn={full} label={w('in_port')} />}
        {places !== null && full && <span class="tag warn"><Icon name="warn" size={13} />{w(p.in_port >= places ? 'port_full' : 'port_near_full')}</span>}
      </td>
      <td class="num">{p.berthed}</td><td class="num">{p.arrivals}</td><td class="num">{p.departures}</td>
    </tr>
  )
}

function Visits({ port, since }: { port: PortState; since: string }) {
  const found = useLoaded<{ visits: PortVisit[] }>(`/port-visits?port=${encodeURIComponent(port.code)}&since=${encodeURIComponent(since)}`, EVERY_MS)
  return (
    <article class="detail">
      <header><h3>{either(port.name, port.name_en)}</h3><code>{port.code}</code></header>
      <Reading of={found}>{({ visits }) => <VisitList visits={visits} since={since} />}</Reading>
    </article>
  )
}

const FITS: Record<View, (v: PortVisit, since: string) => boolean> = {
  there: (v) => v.departed === null,
  arrived: (v, since) => Date.parse(v.arrived) >= Date.parse(since),
  departed: (v) => v.departed !== null,
}

function VisitList({ visits, since }: { visits: PortVisit[]; since: string }) {
  const of = (name: View) => visits.filter((v) => FITS[name](v, since))
  const shown = of(view.value)
  return (
    <>
      <div class="tabbar" role="tablist">
        {VIEWS.map((name) => <button type="button" role="tab" key={name} aria-selected={view.value === name} onClick={() => { view.value = name }}>{w(`visits_${name}`)} <b>{of(name).length}</b></button>)}
      </div>
      {!shown.length && <Nothing word="visits_none" />}
      {shown.length > 0 && (
        <table class="table visits">
          <thead><tr><th scope="col">{t('d_boat')}</th><th scope="col">{w('arrived')}</th><th scope="col">{w('departed')}</th><th scope="col">{w('stayed')}</th></tr></thead>
          <tbody>{shown.slice(0, MOST).map((v) => <VisitRow key={`${v.vessel}${v.arrived}`} visit={v} />)}</tbody>
        </table>
      )}
      {shown.length > MOST && <p class="group-more">{w('more_rows', { n: shown.length - MOST })}</p>}
    </>
  )
}

function VisitRow({ visit: v }: { visit: PortVisit }) {
  const stayed = (v.departed ? Date.parse(v.departed) : now.value) - Date.parse(v.arrived)
  return (
    <tr>
      <td><button type="button" class="link" onClick={() => selectVessel(v.vessel)}>{v.vessel_name || v.reg_no || t('v_name_unknown')}</button></td>
      <td><When at={v.arrived} /></td><td>{v.departed ? <When at={v.departed} /> : t('v_in_port')}</td><td>{duration(stayed)}</td>
    </tr>
  )
}
