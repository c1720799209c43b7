/** The forms behind the acts that need a word: each shows its errors beside its fields. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { onAlert, onOrder } from '../alerts/actions'
import { STEPS, type Act } from '../alerts/rights'
import { get } from '../api'
import { either, t, type Key } from '../i18n'
import type { Alert, Member, Order } from '../types'
import { Choices, Field, FormError, Submit, useSending, type Choice } from './fields'

export type FormAct = Extract<Act, 'shelve' | 'verdict' | 'close' | 'decline' | 'progress' | 'close_order' | 'reassign' | 'handover'>

interface Shape {
  /** The field chosen from a few, its name in the request and its values. */
  choice?: { field: string; label: Key; values: string[]; word: string }
  /** The field in free words. */
  text: { field: string; label: Key; required: boolean; quick?: Key[] }
  person?: boolean
  danger?: boolean
}

const OUTCOMES = ['resolved', 'false_alarm', 'test', 'handed_to_sar', 'no_action']

const RED = 4

/** Somebody has to say what became of a call for help: "no action" is no answer to red. */
const outcomes = (a: Alert) => OUTCOMES.filter((outcome) => a.severity !== RED || outcome !== 'no_action')

function shapeOf(act: FormAct, a: Alert): Shape {
  switch (act) {
    case 'shelve': return { choice: { field: 'period', label: 'f_period', values: ['1h', '2h', '6h', '12h', '1d'], word: 'period' }, text: { field: 'reason', label: 'f_reason', required: true } }
    case 'verdict': return { choice: { field: 'verdict', label: 'd_verdict', values: ['true', 'false_alarm', 'test'], word: 'verdict' }, text: { field: 'reason', label: 'f_reason', required: true } }
    case 'close':
      // Red ends only with one of the agreed reasons.
      return a.severity === RED
        ? { choice: { field: 'reason', label: 'f_reason', values: ['rescued', ...outcomes(a)], word: 'outcome' }, text: { field: '', label: 'f_note', required: false }, danger: true }
        : { text: { field: 'reason', label: 'f_reason', required: true }, danger: true }
    case 'decline': return { text: { field: 'reason', label: 'f_reason_decline', required: true, quick: ['reason_engaged', 'reason_far', 'reason_fault', 'reason_weather'] } }
    case 'progress': return { choice: { field: 'step', label: 'act_progress', values: STEPS, word: 'step' }, text: { field: 'note', label: 'f_note', required: false } }
    case 'close_order': return { choice: { field: 'outcome', label: 'f_outcome', values: outcomes(a), word: 'outcome' }, text: { field: 'note', label: 'f_note_close', required: a.severity === RED } }
    case 'reassign': case 'handover': return { person: true, text: { field: 'reason', label: 'f_reason', required: true } }
  }
}

function send(act: FormAct, a: Alert, fields: Record<string, unknown>): Promise<unknown> {
  if (act === 'shelve' || act === 'verdict' || act === 'close') return onAlert(a, act, fields)
  return onOrder(a, act === 'close_order' ? 'close' : act, fields)
}

interface Props { act: FormAct; alert: Alert; order: Order | null; onClose: () => void }

export function ActForm({ act, alert: a, order, onClose }: Props) {
  const shape = shapeOf(act, a)
  const chosen = useSignal(act === 'progress' ? nextStep(order) : '')
  const words = useSignal('')
  const person = useSignal('')
  const tried = useSignal(false)
  const { busy, error, errors, send: run } = useSending()
  const { choice, text } = shape
  const noChoice = choice && !chosen.value
  const noWords = text.required && !words.value.trim()
  const noPerson = shape.person && !person.value
  async function submit(event: Event) {
    event.preventDefault()
    tried.value = true
    if (noChoice || noWords || noPerson) return
    const fields: Record<string, unknown> = {}
    if (choice) fields[choice.field] = chosen.value
    if (shape.person) fields.person = Number(person.value)
    if (text.field) fields[text.field] = words.value.trim()
    if (await run(() => send(act, a, fields), Object.keys(fields))) onClose()
  }
  const beside = (field: string, missing: boolean | undefined, key: Key) => errors.value[field] ?? (tried.value && missing ? t(key) : undefined)
  return (
    <form class="act-form" onSubmit={submit} noValidate>
      <h3>{t(`act_${act}` as Key)}</h3>
      {choice && (
        <Field label={t(choice.label)} error={beside(choice.field, noChoice, 'f_choose')}>
          {() => <Choices value={chosen.value} choices={choice.values.map((value): Choice => ({ value, label: t(`${choice.word}_${value}` as Key) }))} onChoose={(value) => { chosen.value = value }} />}
        </Field>
      )}
      {shape.person && <PersonField value={person.value} onChoose={(value) => { person.value = value }} error={beside('person', noPerson, 'f_choose')} but={a.order?.lead?.person} />}
      {text.field && (
        <Field label={t(text.label)} error={beside(text.field, noWords, 'f_required')}>
          {(attributes) => (
            <>
              {text.quick && <div class="quick">{text.quick.map((key) => <button type="button" key={key} onClick={() => { words.value = t(key) }}>{t(key)}</button>)}</div>}
              <textarea {...attributes} rows={2} maxLength={500} placeholder={t('f_reason_placeholder')} value={words.value} onInput={(e) => { words.value = e.currentTarget.value }} />
            </>
          )}
        </Field>
      )}
      {shape.danger && <p class="form-note">{t('confirm_close')}</p>}
      <FormError text={error.value} />
      <div class="form-buttons">
        <Submit busy={busy.value} label={t('act_send')} danger={shape.danger} />
        <button type="button" onClick={onClose}>{t('act_cancel')}</button>
      </div>
    </form>
  )
}

function nextStep(order: Order | null): string {
  const reached = STEPS.indexOf(order?.progress as (typeof STEPS)[number])
  return STEPS[Math.min(reached + 1, STEPS.length - 1)]
}

interface PersonProps { value: string; error?: string; but?: number; onChoose: (value: string) => void }

function PersonField({ value, error, but, onChoose }: PersonProps) {
  const members = useSignal<Member[]>([])
  useEffect(() => {
    get<{ members: Member[] }>('/members').then(({ members: list }) => {
      members.value = [...list].sort((a, b) => Number(b.on_duty) - Number(a.on_duty) || a.open_orders - b.open_orders)
    }).catch(() => {})
  }, [])
  return (
    <Field label={t('f_person')} error={error}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(e) => onChoose(e.currentTarget.value)}>
          <option value="">{t('f_person_choose')}</option>
          {members.value.filter((m) => m.person !== but).map((m) => (
            <option key={m.person} value={m.person}>
              {[either(m.name, m.name_en), m.grids.map((g) => either(g.name, g.name_en)).join('/') || m.org, m.on_duty ? t('f_on_duty') : ''].filter(Boolean).join(' · ')}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
