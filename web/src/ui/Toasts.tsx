/** The notes at the bottom of the page. */
import { t } from '../i18n'
import { dismiss, toasts } from '../toast'
import { Icon, IconButton } from './bits'

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.tone}`}>
          <Icon name={toast.tone === 'good' ? 'check' : 'warn'} />
          <span>{toast.text}</span>
          {toast.undo && <button type="button" onClick={() => { toast.undo!(); dismiss(toast.id) }}>{t('act_undo')}</button>}
          <IconButton icon="close" label={t('act_cancel')} onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  )
}
