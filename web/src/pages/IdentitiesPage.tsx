/** Whose number is this? 身份核实: the queue of identities in no register, and what was decided about them. */
import { signal, useSignal } from '@preact/signals'
import { post } from '../api'
import { t, term } from '../i18n'
import { locate } from '../map/handle'
import { selectVessel } from '../selection'
import { say } from '../toast'
import type { Actor } from '../types'
import { Age, Fact, Facts, Icon, When } from '../ui/bits'
import { Choices, Field, FormError, Submit, useSending } from '../ui/fields'
import { useLoaded } from './load'
import { commands, Frame, Nothing, Reading, Split } from './parts'
import { w, wTerm } from './words'

const EVERY_MS = 30_000
const DECISIONS = ['boat', 'net_beacon', 'foreign', 'merchant']

interface Stranger {
  vessel: number
  kind: string
  value: string
  country: string | null
  name: string | null
  callsign: string | null
  class_guess: string
  length_m: number | null
  first_heard: string
  last_heard: string | null
  lon: number | null
  lat: number | null
  sog_kn: number | null
  nearest: { vessel: number; reg_no: string; name: string; nm: number } | null
}

interface Decision {
  id: number
  vessel: number
  kind: string
  value: string
  decision: string
  reg_no: string | null
  reason: string
  at: string
  actor: Actor | null
  undone: string | null
}

const chosen = signal<number | null>(null)
const everybody = signal(false)
const decided = signal(false)

export function IdentitiesPage() {
  const queue = useLoaded<{ identities: Stranger[] }>(`/identities?limit=500&everybody=${everybody.value}`, EVERY_MS)
  const stranger = queue.value?.identities.find((s) => s.vessel === chosen.value)
  return (
    <Frame title={w('identities_title')} onBack={stranger && !decided.value ? () => { chosen.value = null } : undefined} aside={<Which n={queue.value?.identities.length} />}>
      {decided.value ? <div class="split"><div class="split-list"><Decided onUndone={queue.reload} /></div></div> : (
        <Reading of={queue}>
          {({ identities }) => <Split list={<Queue list={identities} />} detail={stranger ? <Judge key={stranger.vessel} who={stranger} onDecided={queue.reload} /> : null} />}
        </Reading>
      )}
    </Frame>
  )
}

function Which({ n }: { n?: number }) {
  return (
    <div class="chips page-chips" role="group" aria-label={w('identities_title')}>
      <button type="button" class="chip" aria-pressed={!decided.value} onClick={() => { decided.value = false }}>{w('identities_waiting')}<b>{n ?? ''}</b></button>
      <button type="button" class="chip" data-decided aria-pressed={decided.value} onClick={() => { decided.value = true }}>{w('identities_decided')}</button>
      {!decided.value && <label class="chip-field"><input type="checkbox" checked={everybody.value} onChange={(e) => { everybody.value = e.currentTarget.checked }} />{w('identities_everybody')}</label>}
    </div>
  )
}

function Queue({ list }: { list: Stranger[] }) {
  if (!list.length) return <p class="nothing good"><Icon name="check" size={28} />{w('identities_none')}</p>
  return (
    <table class="table">
      <thead><tr><th scope="col">{w('identity')}</th><th scope="col">{w('identity_says')}</th><th scope="col">{w('identity_guess')}</th><th scope="col">{w('identity_near')}</th><th scope="col">{w('identity_heard')}</th></tr></thead>
      <tbody>
        {list.map((s) => (
          <tr key={s.vessel} class={`picked-${s.vessel === chosen.value}`}>
            <td><button type="button" class="link" data-stranger={s.vessel} onClick={() => { chosen.value = s.vessel }}>{s.value}</button><small>{wTerm('identity', s.kind)}{s.country && ` · ${s.country}`}</small></td>
            <td class="isolated">{s.name ?? '–'}{s.callsign && <small>{s.callsign}</small>}</td>
            <td>{term('class', s.class_guess)}</td>
            <td>{s.nearest ? <>{s.nearest.name || s.nearest.reg_no}<small>{s.nearest.nm.toFixed(2)} {t('unit_nm')}</small></> : '–'}</td>
            <td>{s.last_heard ? <Age at={s.last_heard} /> : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Judge({ who, onDecided }: { who: Stranger; onDecided: () => Promise<void> }) {
  return (
    <article class="detail">
      <header><h3 class="isolated">{who.name ?? who.value}</h3><code>{who.value}</code>
        {who.lon !== null && <button type="button" onClick={() => { selectVessel(who.vessel); locate({ lon: who.lon, lat: who.lat, vessel: { id: who.vessel, name: who.name ?? '', mmsi: null } }) }}><Icon name="locate" />{t('d_locate')}</button>}
      </header>
      <Facts>
        <Fact name={w('identity')}>{wTerm('identity', who.kind)} {who.value} {who.country}</Fact>
        <Fact name={w('identity_callsign')}>{who.callsign}</Fact>
        <Fact name={w('identity_guess')}>{term('class', who.class_guess)}</Fact>
        <Fact name={t('v_length')}>{who.length_m === null ? null : `${who.length_m} ${t('unit_m')}`}</Fact>
        <Fact name={t('v_speed')}>{who.sog_kn === null ? null : `${who.sog_kn.toFixed(1)} ${t('unit_kn')}`}</Fact>
        <Fact name={w('identity_first')}><When at={who.first_heard} /></Fact>
        <Fact name={w('identity_near')}>{who.nearest && <><button type="button" class="link" onClick={() => selectVessel(who.nearest!.vessel)}>{who.nearest.name || who.nearest.reg_no}</button> {who.nearest.nm.toFixed(2)} {t('unit_nm')}</>}</Fact>
      </Facts>
      {commands() && <JudgeForm who={who} onDecided={onDecided} />}
    </article>
  )
}

function JudgeForm({ who, onDecided }: { who: Stranger; onDecided: () => Promise<void> }) {
  const decision = useSignal('')
  const regNo = useSignal(who.nearest?.reg_no ?? '')
  const reason = useSignal('')
  const tried = useSignal(false)
  const { busy, error, errors, send } = useSending()
  const boat = decision.value === 'boat'
  async function submit(event: Event) {
    event.preventDefault()
    tried.value = true
    if (!decision.value || !reason.value.trim() || (boat && !regNo.value.trim())) return
    const body = { decision: decision.value, reason: reason.value.trim(), ...(boat ? { reg_no: regNo.value.trim() } : {}) }
    if (!await send(() => post(`/identities/${who.vessel}/decide`, body), ['reg_no', 'reason', 'decision'])) return
    say(w('identity_done', { value: who.value, what: wTerm('decision', decision.value) }))
    chosen.value = null
    await onDecided()
  }
  const missing = (text: string) => (tried.value && !text.trim() ? t('f_required') : undefined)
  return (
    <form class="judge-form" onSubmit={submit} noValidate>
      <Field label={w('identity_whose')} error={errors.value.decision ?? (tried.value && !decision.value ? t('f_choose') : undefined)}>
        {() => <Choices value={decision.value} choices={DECISIONS.map((value) => ({ value, label: wTerm('decision', value) }))} onChoose={(value) => { decision.value = value }} />}
      </Field>
      {boat && <Field label={w('identity_reg_no')} error={errors.value.reg_no ?? missing(regNo.value)}>{(attributes) => <input {...attributes} name="reg_no" value={regNo.value} maxLength={64} onInput={(e) => { regNo.value = e.currentTarget.value }} />}</Field>}
      <Field label={w('why_field')} error={errors.value.reason ?? missing(reason.value)}>
        {(attributes) => <input {...attributes} name="reason" maxLength={500} value={reason.value} onInput={(e) => { reason.value = e.currentTarget.value }} />}
      </Field>
      {decision.value && <p class="form-note">{wTerm('decision_note', decision.value)}</p>}
      <FormError text={error.value} />
      <div class="form-buttons"><Submit busy={busy.value} label={t('act_send')} /></div>
    </form>
  )
}

function Decided({ onUndone }: { onUndone: () => Promise<void> }) {
  const found = useLoaded<{ decisions: Decision[] }>('/identities/decisions?limit=500')
  const undone = async () => { await Promise.all([found.reload(), onUndone()]) }
  return (
    <Reading of={found}>
      {({ decisions }) => (decisions.length ? (
        <table class="table">
          <thead><tr><th scope="col">{w('identity')}</th><th scope="col">{w('identity_whose')}</th><th scope="col">{t('f_reason')}</th><th scope="col">{w('decided_by')}</th>{commands() && <th scope="col">{t('act_undo')}</th>}</tr></thead>
          <tbody>{decisions.map((d) => <DecidedRow key={d.id} decision={d} onUndone={undone} />)}</tbody>
        </table>
      ) : <Nothing word="decided_none" />)}
    </Reading>
  )
}

function DecidedRow({ decision: d, onUndone }: { decision: Decision; onUndone: () => Promise<void> }) {
  const asking = useSignal(false)
  const reason = useSignal('')
  const { busy, error, send } = useSending()
  async function undo(event: Event) {
    event.preventDefault()
    if (!reason.value.trim() || !await send(() => post(`/identities/${d.vessel}/undo`, { reason: reason.value.trim() }), [])) return
    await onUndone()
  }
  return (
    <tr data-decision={d.vessel}>
      <td>{d.value}<small>{wTerm('identity', d.kind)}</small></td>
      <td>{wTerm('decision', d.decision)}{d.reg_no && <small>{d.reg_no}</small>}</td>
      <td>{d.reason}</td>
      <td>{d.actor?.name}<small><When at={d.at} /></small></td>
      {commands() && <td>{asking.value ? (
        <form class="undo-form" onSubmit={undo} noValidate>
          <input name="undo_reason" aria-label={w('why_field')} placeholder={w('why_field')} value={reason.value} maxLength={500} onInput={(e) => { reason.value = e.currentTarget.value }} />
          <Submit busy={busy.value} label={t('act_undo')} /><FormError text={error.value} />
        </form>
      ) : <button type="button" onClick={() => { asking.value = true }}>{t('act_undo')}</button>}</td>}
    </tr>
  )
}
