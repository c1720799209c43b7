/** A new recall order: what boats are to do, where, and by when. In force at once. */
import { useSignal } from '@preact/signals'
import { post } from '../api'
import { dateOf, now, timeOf } from '../clock'
import { either, t } from '../i18n'
import { say } from '../toast'
import { Choices, Field, FormError, Submit, useSending } from '../ui/fields'
import { useLoaded } from './load'
import type { Recall } from './types'
import { w, wTerm } from './words'

const ACTIONS = ['return', 'manoeuvre', 'stay', 'ashore']
const HOURS = [6, 12, 24, 48]
const HOUR_MS = 3_600_000

interface ZoneFeature { properties: { code: string; name: string; name_en: string; kind: string } }

/** What a datetime field holds, in Beijing time whatever the machine's own. */
const local = (ms: number): string => `${dateOf(ms)}T${timeOf(ms).slice(0, 5)}`
const instant = (text: string): string => `${text}:00+08:00`

/** ZT20261123, ZT20261123-2, …: the first of the day that is free. */
export function freeCode(taken: string[], day: string): string {
  const base = `ZT${day.split('-').join('')}`
  for (let n = 1; ; n++) {
    const code = n === 1 ? base : `${base}-${n}`
    if (!taken.includes(code)) return code
  }
}

interface Props { taken: string[]; onDone: (made: Recall) => Promise<void>; onCancel: () => void }

export function RecallForm({ taken, onDone, onCancel }: Props) {
  const title = useSignal('')
  const action = useSignal('return')
  const area = useSignal('')
  const deadline = useSignal(local(now.peek() + HOURS[1] * HOUR_MS))
  const tried = useSignal(false)
  const { busy, error, errors, send } = useSending()
  const missing = (text: string) => (tried.value && !text.trim() ? t('f_required') : undefined)
  async function submit(event: Event) {
    event.preventDefault()
    tried.value = true
    if (!title.value.trim() || !deadline.value) return
    const body = {
      order: freeCode(taken, dateOf(now.peek())), title: title.value.trim(), action: action.value,
      area: area.value || null, issued: new Date(now.peek()).toISOString(), deadline: instant(deadline.value),
    }
    let made: Recall | undefined
    if (!await send(async () => { made = (await post<{ recalls: Recall[] }>('/recalls', body)).recalls[0] }, ['title', 'area', 'deadline'])) return
    say(w('recall_made', { title: body.title }))
    await onDone(made!)
  }
  return (
    <form class="detail recall-form" onSubmit={submit} noValidate>
      <header><h3>{w('recall_new')}</h3></header>
      <Field label={w('recall_title_field')} error={errors.value.title ?? missing(title.value)}>
        {(attributes) => <input {...attributes} name="title" maxLength={200} placeholder={w('recall_title_example')} value={title.value} onInput={(e) => { title.value = e.currentTarget.value }} />}
      </Field>
      <Field label={w('recall_action')}>
        {() => <Choices value={action.value} choices={ACTIONS.map((value) => ({ value, label: wTerm('action', value) }))} onChoose={(value) => { action.value = value }} />}
      </Field>
      <AreaField value={area.value} error={errors.value.area} onChoose={(value) => { area.value = value }} />
      <Field label={w('deadline_field')} error={errors.value.deadline ?? missing(deadline.value)}>
        {(attributes) => (
          <>
            <div class="quick">{HOURS.map((n) => <button type="button" key={n} onClick={() => { deadline.value = local(now.peek() + n * HOUR_MS) }}>{w('in_hours', { n })}</button>)}</div>
            <input {...attributes} name="deadline" type="datetime-local" value={deadline.value} onInput={(e) => { deadline.value = e.currentTarget.value }} />
          </>
        )}
      </Field>
      <FormError text={error.value} />
      <p class="form-note">{w('recall_note')}</p>
      <div class="form-buttons"><Submit busy={busy.value} label={w('recall_send')} danger /><button type="button" onClick={onCancel}>{t('act_cancel')}</button></div>
    </form>
  )
}

function AreaField({ value, error, onChoose }: { value: string; error?: string; onChoose: (value: string) => void }) {
  const zones = useLoaded<{ features: ZoneFeature[] }>('/zones')
  return (
    <Field label={w('area')} error={error}>
      {(attributes) => (
        <select {...attributes} name="area" value={value} onChange={(e) => onChoose(e.currentTarget.value)}>
          <option value="">{w('area_all')}</option>
          {(zones.value?.features ?? []).map(({ properties: z }) => <option key={z.code} value={z.code}>{either(z.name, z.name_en)} · {z.code}</option>)}
        </select>
      )}
    </Field>
  )
}
