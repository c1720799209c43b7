/** Who changed a kind's numbers, when, why and from what to what; an earlier version can be brought back. */
import { useSignal } from '@preact/signals'
import { post } from '../api'
import { t } from '../i18n'
import { say } from '../toast'
import { When } from '../ui/bits'
import { Field, FormError, Submit, useSending } from '../ui/fields'
import { useLoaded } from './load'
import { Overrides } from './Overrides'
import { refusal } from './ParameterForm'
import { said } from './Parameters'
import { commands, Reading } from './parts'
import type { Params, RuleVersion } from './types'
import { parameter, w } from './words'

interface Props { kind: string; now: number; onChanged: () => Promise<void> }

export function Versions({ kind, now, onChanged }: Props) {
  const found = useLoaded<{ versions: RuleVersion[] }>(`/rules/${kind}/versions`)
  const restoring = useSignal<number | null>(null)
  const done = async () => {
    restoring.value = null
    await Promise.all([found.reload(), onChanged()])
  }
  return (
    <Reading of={found}>
      {({ versions }) => (
        <ol class="versions">
          {versions.map((v, i) => (
            <li key={v.version} data-version={v.version}>
              <header>
                <b>{w('version_n', { n: v.version })}</b>{v.version === now && <span class="tag">{w('version_now')}</span>}{!v.enabled && <span class="tag warn">{w('stand_off')}</span>}
                <span class="spring" />{v.at ? <When at={v.at} /> : <span>{w('version_shipped')}</span>}<span>{v.actor?.name}</span>
              </header>
              {v.reason && <p>{v.reason}</p>}
              <Changes from={versions[i + 1]?.params} to={v.params} />
              {said(v.scopes) !== said(versions[i + 1]?.scopes ?? []) && <Overrides scopes={v.scopes} />}
              {commands() && v.version !== now && restoring.value !== v.version && <button type="button" onClick={() => { restoring.value = v.version }}>{w('restore')}</button>}
              {restoring.value === v.version && <RestoreForm kind={kind} version={v.version} onDone={done} onCancel={() => { restoring.value = null }} />}
            </li>
          ))}
        </ol>
      )}
    </Reading>
  )
}

function Changes({ from, to }: { from?: Params; to: Params }) {
  if (!from) return null
  const keys = Object.keys({ ...from, ...to }).filter((key) => said(from[key]) !== said(to[key]))
  return (
    <ul class="changes">
      {keys.map((key) => {
        const { name, unit } = parameter(key)
        return <li key={key}>{name} <s>{said(from[key] ?? '–')}</s> → <b>{said(to[key] ?? '–')}</b> {unit}</li>
      })}
    </ul>
  )
}

function RestoreForm({ kind, version, onDone, onCancel }: { kind: string; version: number; onDone: () => Promise<void>; onCancel: () => void }) {
  const reason = useSignal('')
  const tried = useSignal(false)
  const { busy, error, errors, send } = useSending(refusal)
  async function submit(event: Event) {
    event.preventDefault()
    tried.value = true
    if (!reason.value.trim() || !await send(() => post(`/rules/${kind}/restore`, { version, reason: reason.value.trim() }), ['reason'])) return
    say(w('restored', { version }))
    await onDone()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Field label={w('why_field')} error={errors.value.reason ?? (tried.value && !reason.value.trim() ? t('f_required') : undefined)}>
        {(attributes) => <input {...attributes} name="reason" maxLength={500} value={reason.value} onInput={(e) => { reason.value = e.currentTarget.value }} />}
      </Field>
      <FormError text={error.value} />
      <div class="form-buttons"><Submit busy={busy.value} label={w('restore')} /><button type="button" onClick={onCancel}>{t('act_cancel')}</button></div>
    </form>
  )
}
