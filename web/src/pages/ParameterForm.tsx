/** The next version of a kind's numbers: every change with its reason; a refusal stands beside its number. */
import { useSignal } from '@preact/signals'
import { call, Problem } from '../api'
import { explain } from '../alerts/actions'
import { t } from '../i18n'
import { say } from '../toast'
import { Field, FormError, Submit, useSending } from '../ui/fields'
import type { Params, Rule } from './types'
import { DryRun } from './DryRun'
import { drafts, lineOf, OverridesForm, scopesOf } from './Overrides'
import { ordered, parameter, w } from './words'

interface Props { rule: Rule; onDone: () => Promise<void>; onCancel: () => void }

const notANumber = (text: string): boolean => text.trim() === '' || !Number.isFinite(Number(text))

export function ParameterForm({ rule, onDone, onCancel }: Props) {
  const numbers = ordered(Object.keys(rule.params).filter((key) => typeof rule.params[key] === 'number'))
  const overrides = useSignal(drafts(rule.scopes))
  const texts = useSignal<Record<string, string>>(Object.fromEntries(numbers.map((key) => [key, String(rule.params[key])])))
  const reason = useSignal('')
  const source = useSignal(rule.source)
  const enabled = useSignal(rule.enabled)
  const tried = useSignal(false)
  /** Only who saves needs a reason, not who tries. */
  const giving = useSignal(false)
  const { busy, error, errors, send } = useSending(refusal)
  const fields = [...numbers.map((key) => `body.params.${key}`), 'reason', 'source', 'body.scopes.']
  /** What stands in the form, or null where a field is no number; it says so. */
  function drafted() {
    tried.value = true
    if (numbers.some((key) => notANumber(texts.value[key])) || overrides.value.some((line) => notANumber(line.text))) return null
    const params: Params = { ...rule.params, ...Object.fromEntries(numbers.map((key) => [key, Number(texts.value[key])])) }
    return { params, scopes: scopesOf(overrides.value).scopes }
  }
  async function submit(event: Event) {
    event.preventDefault()
    const numbersNow = drafted()
    giving.value = true
    if (!numbersNow || !reason.value.trim()) return
    const body = { ...numbersNow, reason: reason.value.trim(), source: source.value.trim(), enabled: enabled.value, version: rule.version }
    if (!await send(() => call('PUT', `/rules/${rule.kind}`, body), fields)) return
    say(w('numbers_saved', { version: rule.version + 1 }))
    await onDone()
  }
  const wrong: Record<number, string> = Object.fromEntries(overrides.value.flatMap((line, i) => (tried.value && notANumber(line.text) ? [[i, w('not_a_number')]] : [])))
  for (const [field, why] of Object.entries(errors.value)) if (field.includes('scopes')) wrong[lineOf(field, overrides.value)] = why
  return (
    <form class="param-form" onSubmit={submit} noValidate>
      <div class="param-fields">
        {numbers.map((key) => <NumberField key={key} name={key} text={texts.value[key]} was={String(rule.params[key])} error={errors.value[`body.params.${key}`] ?? (tried.value && notANumber(texts.value[key]) ? w('not_a_number') : undefined)} onText={(text) => { texts.value = { ...texts.value, [key]: text } }} />)}
      </div>
      {numbers.length > 0 && <OverridesForm lines={overrides} keys={numbers} errors={wrong} />}
      {numbers.length > 0 && <DryRun kind={rule.kind} numbers={drafted} send={(job) => send(job, fields)} />}
      <label class="check"><input type="checkbox" checked={enabled.value} onChange={(e) => { enabled.value = e.currentTarget.checked }} />{w('rules_enabled')}</label>
      <Field label={w('source_field')} error={errors.value.source}>
        {(attributes) => <input {...attributes} name="source" value={source.value} maxLength={500} onInput={(e) => { source.value = e.currentTarget.value }} />}
      </Field>
      <Field label={w('why_field')} error={errors.value.reason ?? (giving.value && !reason.value.trim() ? t('f_required') : undefined)}>
        {(attributes) => <textarea {...attributes} name="reason" rows={2} maxLength={500} value={reason.value} onInput={(e) => { reason.value = e.currentTarget.value }} />}
      </Field>
      <FormError text={error.value} />
      <div class="form-buttons"><Submit busy={busy.value} label={w('save_version', { version: rule.version + 1 })} /><button type="button" onClick={onCancel}>{t('act_cancel')}</button></div>
    </form>
  )
}

/** Somebody else was faster: what stands here is no longer what would be replaced. */
export const refusal = (problem: unknown): string =>
  problem instanceof Problem && problem.status === 409 ? w('error_version') : explain(problem)

interface NumberProps { name: string; text: string; was: string; error?: string; onText: (text: string) => void }

function NumberField({ name, text, was, error, onText }: NumberProps) {
  const { name: label, unit } = parameter(name)
  return (
    <div class={text === was ? 'param-field' : 'param-field changed'}>
      <Field label={unit ? `${label}（${unit}）` : label} error={error}>
        {(attributes) => <input {...attributes} name={name} inputMode="decimal" value={text} onInput={(e) => onText(e.currentTarget.value)} />}
      </Field>
      {text !== was && <small>{w('was', { value: was })}</small>}
    </div>
  )
}
