/** The door: sign-in beside the coast that this is all about. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Problem } from '../api'
import { explain } from '../alerts/actions'
import { language, t } from '../i18n'
import { chooseLanguage } from '../prefs'
import { away, expired, signIn } from '../session'
import { Icon, Mark } from './bits'
import { drawCoast } from './coastpicture'
import { Field, FormError, useSending } from './fields'

function reason(problem: unknown): string {
  if (problem instanceof Problem && problem.status === 401) return t('login_wrong')
  if (problem instanceof Problem && (problem.status === 429 || problem.status === 423)) return t('login_locked')
  return explain(problem)
}

export function Door({ children }: { children: preact.ComponentChildren }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => drawCoast(canvas.current!), [])
  return (
    <main class="door">
      <div class="door-picture" aria-hidden="true">
        <canvas ref={canvas} />
        <p>{t('login_promise')}</p>
      </div>
      <div class="door-side">
        <button type="button" class="door-language" onClick={() => chooseLanguage(language.value === 'zh' ? 'en' : 'zh')}>{t('language_other')}</button>
        <div class="door-card">
          <header>
            <Mark size={44} />
            <div><h1>{t('product')}</h1><p>{t('product_sub')}</p></div>
          </header>
          {children}
        </div>
      </div>
    </main>
  )
}

export function SignIn() {
  const login = useSignal('')
  const password = useSignal('')
  const plain = useSignal(false)
  const empty = useSignal(false)
  const { busy, error, errors, send } = useSending(reason)
  const missing = (value: string) => (empty.value && !value ? t('login_missing') : undefined)
  function submit(event: Event) {
    event.preventDefault()
    empty.value = !login.value.trim() || !password.value
    if (!empty.value) void send(() => signIn(login.value.trim(), password.value), ['login', 'password'])
  }
  return (
    <Door>
      <form onSubmit={submit} noValidate>
        {away.value && <p class="form-error away" role="alert">{t('login_away')}</p>}
        {expired.value && !error.value && <p class="form-note" role="status">{t('login_expired')}</p>}
        <Field label={t('login_name')} error={missing(login.value.trim()) ?? errors.value.login}>
          {(a) => <input {...a} name="login" autocomplete="username" autocapitalize="none" spellcheck={false} autofocus
            value={login.value} onInput={(e) => { login.value = e.currentTarget.value }} />}
        </Field>
        <Field label={t('login_password')} error={missing(password.value) ?? errors.value.password}>
          {(a) => (
            <div class="with-button">
              <input {...a} name="password" type={plain.value ? 'text' : 'password'} autocomplete="current-password"
                value={password.value} onInput={(e) => { password.value = e.currentTarget.value }} />
              <button type="button" aria-pressed={plain.value} aria-label={t(plain.value ? 'login_hide' : 'login_show')}
                onClick={() => { plain.value = !plain.value }}><Icon name="eye" size={18} /></button>
            </div>
          )}
        </Field>
        <FormError text={error.value} />
        <button type="submit" class="primary wide" disabled={busy.value}>{t(busy.value ? 'login_busy' : 'login_go')}</button>
      </form>
    </Door>
  )
}
