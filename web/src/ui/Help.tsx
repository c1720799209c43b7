/** The keys, on one sheet. */
import { t, type Key } from '../i18n'
import { helping } from '../screen'
import { IconButton } from './bits'
import { Dialog } from './TopBar'

const KEYS: [string, Key][] = [
  ['J / K', 'help_j'], ['Enter', 'help_enter'], ['A', 'help_a'], ['F', 'help_f'], ['/', 'help_slash'], ['1 – 7', 'help_pages'], ['Esc', 'help_esc'], ['?', 'help_this'],
]

export function Help() {
  if (!helping.value) return null
  const close = () => { helping.value = false }
  return (
    <Dialog onClose={close}>
      <header class="dialog-head"><h2>{t('help')}</h2><IconButton icon="close" label={t('d_close')} onClick={close} /></header>
      <dl class="keys">{KEYS.map(([key, what]) => <><dt><kbd>{key}</kbd></dt><dd>{t(what)}</dd></>)}</dl>
    </Dialog>
  )
}
