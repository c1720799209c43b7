/** Choosing one's own password: forced at the first sign-in, free later. */
import { useSignal, type Signal } from '@preact/signals'
import { t } from '../i18n'
import { changePassword, signOut } from '../session'
import { say } from '../toast'
import { Field, FormError, Submit, useSending } from './fields'
import { Door } from './SignIn'

const SHORTEST = 10

export function PasswordForm({ forced, onDone }: { forced: boolean; onDone: () => void }) {
  const [old, fresh, again] = [useSignal(''), useSignal(''), useSignal('')]
  const tried = useSignal(false)
  const { busy, error, errors, send } = useSending()
  const short = tried.value && fresh.value.length < SHORTEST ? t('password_short') : undefined
  const differs = tried.value && fresh.value !== again.value ? t('password_differs') : undefined
  async function submit(event: Event) {
    event.preventDefault()
    tried.value = true
    if (fresh.value.length < SHORTEST || fresh.value !== again.value || !old.value) return
    if (await send(() => changePassword(old.value, fresh.value), ['old', 'new'])) {
      say(t('password_done'))
      onDone()
    }
  }
  return (
    <form onSubmit={submit} noValidate>
      <h2>{t(forced ? 'password_title' : 'password_title_own')}</h2>
      {forced && <p class="form-note">{t('password_why')}</p>}
      <Secret label={t('password_old')} value={old} complete="current-password" error={errors.value.old ?? (tried.value && !old.value ? t('f_required') : undefined)} />
      <Secret label={t('password_new')} value={fresh} complete="new-password" error={errors.value.new ?? short} />
      <Secret label={t('password_again')} value={again} complete="new-password" error={differs} />
      <FormError text={error.value} />
      <div class="form-buttons">
        <Submit busy={busy.value} label={t('password_go')} />
        <button type="button" onClick={forced ? () => void signOut() : onDone}>{t(forced ? 'sign_out' : 'act_cancel')}</button>
      </div>
    </form>
  )
}

function Secret({ label, value, complete, error }: { label: string; value: Signal<string>; complete: string; error?: string }) {
  return (
    <Field label={label} error={error}>
      {(a) => <input {...a} type="password" autocomplete={complete} value={value.value} onInput={(e) => { value.value = e.currentTarget.value }} />}
    </Field>
  )
}

export const MustChange = () => <Door><PasswordForm forced onDone={() => {}} /></Door>
