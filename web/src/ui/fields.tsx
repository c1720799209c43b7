/** Form fields that show their own error, and a form that turns a Problem into such errors. */
import { useSignal, type Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { explain } from '../alerts/actions'
import { Problem } from '../api'
import { t } from '../i18n'

let ids = 0

interface FieldProps {
  label: string
  error?: string
  children: (attributes: { id: string; 'aria-invalid': boolean; 'aria-describedby'?: string }) => ComponentChildren
}

export function Field({ label, error, children }: FieldProps) {
  const id = useSignal(`f${ids++}`).value
  return (
    <div class={error ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-invalid': !!error, 'aria-describedby': error ? `${id}e` : undefined })}
      {error && <p class="field-error" id={`${id}e`} role="alert">{error}</p>}
    </div>
  )
}

export interface Choice { value: string; label: string }

/** One of a few, each big enough for a thumb. */
export function Choices({ value, choices, onChoose }: { value: string; choices: Choice[]; onChoose: (value: string) => void }) {
  return (
    <div class="choices" role="radiogroup">
      {choices.map((c) => (
        <button type="button" role="radio" aria-checked={c.value === value} key={c.value} onClick={() => onChoose(c.value)}>{c.label}</button>
      ))}
    </div>
  )
}

export interface Sending {
  busy: Signal<boolean>
  error: Signal<string>
  errors: Signal<Record<string, string>>
  send: (job: () => Promise<unknown>, fields: string[]) => Promise<boolean>
}

/** Runs a submission once at a time; errors go beside the fields they name, the rest below. */
export function useSending(say: (problem: unknown) => string = explain): Sending {
  const busy = useSignal(false)
  const error = useSignal('')
  const errors = useSignal<Record<string, string>>({})
  async function send(job: () => Promise<unknown>, fields: string[]): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    error.value = ''
    errors.value = {}
    try {
      await job()
      return true
    } catch (problem) {
      const found = problem instanceof Problem ? problem.beside(fields) : []
      errors.value = Object.fromEntries(found)
      if (!found.length) error.value = say(problem)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, error, errors, send }
}

export function FormError({ text }: { text: string }) {
  return text ? <p class="form-error" role="alert">{text}</p> : null
}

export function Submit({ busy, label, danger = false }: { busy: boolean; label: string; danger?: boolean }) {
  return <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>{busy ? t('act_busy') : label}</button>
}
