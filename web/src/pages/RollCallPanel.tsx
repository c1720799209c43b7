/** One recall order: its progress as a picture, and the boats behind it, those who do not comply first. */
import { useSignal, type Signal } from '@preact/signals'
import { call, post } from '../api'
import { t } from '../i18n'
import { selectVessel } from '../selection'
import { say } from '../toast'
import { Age, Deadline, Icon, When } from '../ui/bits'
import { FormError, useSending } from '../ui/fields'
import { useLoaded } from './load'
import { commands, Figures, percent, Reading, Shares } from './parts'
import { CALLED, type Called, type CalledState, type Recall, type RollCall } from './types'
import { w, wTerm } from './words'

const EVERY_MS = 20_000
/** Longer lists nobody reads; the states above narrow them. */
const MOST = 200
/** Who is on the list until a state is chosen: everybody the watch still has to call. */
const TO_CALL: CalledState[] = ['out', 'silent', 'answered']
const WORST_FIRST: CalledState[] = ['out', 'silent', 'answered', 'on_way', 'settled', 'sheltered']
const ANSWERS = ['acknowledged', 'manoeuvre', 'ashore', 'exempt'] as const

export function RollCallPanel({ recall, onChanged }: { recall: Recall; onChanged: () => Promise<void> }) {
  const roll = useLoaded<RollCall>(`/recalls/${recall.id}`, recall.ended ? 0 : EVERY_MS)
  const state = useSignal<string>('')
  return (
    <article class="detail">
      <header><h3>{recall.title || recall.order}</h3><code>{recall.order}</code>{!recall.ended && <Deadline at={recall.deadline} />}</header>
      <p class="order-facts">
        <b>{wTerm('action', recall.action)}</b> · {w('area')} {recall.area ?? w('area_all')} · {w('issued')} <When at={recall.issued} /> · {w('deadline')} <When at={recall.deadline} />
        {recall.ended && <> · {w('recall_ended')} <When at={recall.ended} /></>}
      </p>
      <Reading of={roll}>{(found) => <Progress roll={found} state={state} onChanged={roll.reload} />}</Reading>
      {commands() && !recall.ended && <EndOrder recall={recall} onDone={onChanged} />}
    </article>
  )
}

interface ProgressProps { roll: RollCall; state: Signal<string>; onChanged: () => Promise<void> }

function Progress({ roll, state, onChanged }: ProgressProps) {
  const { counts, boats } = roll
  const safe = counts.sheltered + counts.settled
  const shown = boats.filter((b) => (state.value ? b.state === state.value : TO_CALL.includes(b.state)))
    .sort((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state))
  const missing = TO_CALL.reduce((sum, s) => sum + counts[s], 0)
  return (
    <>
      <Figures of={[
        { label: w('roll_safe'), value: percent(safe, boats.length), note: `${safe} / ${boats.length}`, tone: missing ? undefined : 'good' },
        { label: wTerm('called', 'on_way'), value: counts.on_way },
        { label: w('roll_missing'), value: missing, tone: missing ? 'bad' : 'good' },
      ]} />
      <Shares label={w('roll_call')} of={CALLED.map((key) => ({ key, label: wTerm('called', key), n: counts[key] }))} chosen={state.value} onChoose={(key) => { state.value = key }} />
      <h4>{state.value ? wTerm('called', state.value) : w('roll_to_call')} <b>{shown.length}</b></h4>
      {!shown.length && <p class="nothing good"><Icon name="check" size={28} />{w(boats.length ? 'roll_all' : 'roll_nobody')}</p>}
      {shown.length > 0 && <Boats boats={shown.slice(0, MOST)} roll={roll} onChanged={onChanged} />}
      {shown.length > MOST && <p class="group-more">{w('more_rows', { n: shown.length - MOST })}</p>}
    </>
  )
}

function Boats({ boats, roll, onChanged }: { boats: Called[]; roll: RollCall; onChanged: () => Promise<void> }) {
  const may = commands() && !roll.ended
  return (
    <table class="table boats">
      <thead><tr><th scope="col">{t('d_boat')}</th><th scope="col">{w('roll_state')}</th><th scope="col">{t('v_fix')}</th><th scope="col">{w('roll_answer')}</th></tr></thead>
      <tbody>
        {boats.map((b) => (
          <tr key={b.vessel} data-called={b.vessel}>
            <td><button type="button" class="link" onClick={() => selectVessel(b.vessel)}>{b.name || t('v_name_unknown')}</button>{b.reg_no !== b.name && <small>{b.reg_no}</small>}</td>
            <td><span class="stated"><i class={`share-${b.state}`} />{wTerm('called', b.state)}</span></td>
            <td>{b.last_fix ? <Age at={b.last_fix} /> : t('v_no_fix')}</td>
            <td>{may ? <Answer boat={b} roll={roll} onChanged={onChanged} /> : b.answer ? wTerm('answered', b.answer) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the boat said on the radio, noted where it is looked up. */
function Answer({ boat, roll, onChanged }: { boat: Called; roll: RollCall; onChanged: () => Promise<void> }) {
  const { busy, error, send } = useSending()
  async function note(status: string) {
    const rows = [{ reg_no: boat.reg_no, status }]
    if (!status || !await send(() => post(`/recalls/${roll.id}/answers`, { rows }), [])) return
    say(w('answer_noted', { boat: boat.name, answer: wTerm('answered', status) }))
    await onChanged()
  }
  return (
    <>
      <select class="small" aria-label={w('answer_of', { boat: boat.name })} disabled={busy.value || !boat.reg_no} value={boat.answer ?? ''} onChange={(e) => void note(e.currentTarget.value)}>
        <option value="">{w('answer_none')}</option>
        {ANSWERS.map((a) => <option key={a} value={a}>{wTerm('answered', a)}</option>)}
      </select>
      {error.value && <p class="field-error" role="alert">{error.value}</p>}
    </>
  )
}

function EndOrder({ recall, onDone }: { recall: Recall; onDone: () => Promise<void> }) {
  const asking = useSignal(false)
  const { busy, error, send } = useSending()
  async function end() {
    if (!await send(() => call('POST', `/recalls/${recall.id}/end`, {}), [])) return
    say(w('recall_done', { title: recall.title || recall.order }))
    await onDone()
  }
  if (!asking.value) return <div class="form-buttons end-order"><button type="button" class="quiet-danger" data-end onClick={() => { asking.value = true }}>{w('recall_end')}</button></div>
  return (
    <div class="end-order">
      <p class="form-note">{w('recall_end_sure')}</p>
      <FormError text={error.value} />
      <div class="form-buttons"><button type="button" class="danger" disabled={busy.value} onClick={() => void end()}>{w('recall_end')}</button><button type="button" onClick={() => { asking.value = false }}>{t('act_cancel')}</button></div>
    </div>
  )
}
