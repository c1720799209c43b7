/** Always in sight: is it live, is anything watching, what time is it; and the few switches. */
import { useSignal } from '@preact/signals'
import { dateOf, now, timeOf } from '../clock'
import { language, t, term } from '../i18n'
import { demo, fleet, line, monitoring } from '../live/feed'
import { chooseLanguage, palette, PALETTES, type Palette } from '../prefs'
import { helping, phone } from '../screen'
import { account, signOut } from '../session'
import { arm, armed, disarm } from '../sound'
import { Icon, IconButton, Mark, type IconName } from './bits'
import { PasswordForm } from './Password'

const PALETTE_ICONS: Record<Palette, IconName> = { day: 'sun', dusk: 'dusk', night: 'moon' }

export function TopBar() {
  return (
    <header class="top">
      <div class="brand"><Mark /><h1>{t('product')}</h1>{demo.value && <span class="tag demo">{t('demo_data')}</span>}</div>
      <LineState />
      {!phone.value && <Watching />}
      <span class="spring" />
      {!phone.value && <PaletteSwitch />}
      <SoundSwitch />
      {!phone.value && (
        <>
          <button type="button" class="plain" onClick={() => chooseLanguage(language.value === 'zh' ? 'en' : 'zh')}>{t('language_other')}</button>
          <IconButton icon="help" label={t('help')} onClick={() => { helping.value = true }} />
          <AccountMenu />
        </>
      )}
      <time class="clock"><b>{timeOf(now.value)}</b><small>{dateOf(now.value)}</small></time>
    </header>
  )
}

/** Green only while something watches as well: a live picture alone raises no alert. */
export function LineState() {
  const blind = line.value === 'live' && !monitoring.value?.ok
  return <span class={`line line-${line.value} ${blind ? 'line-blind' : ''}`} role="status"><i />{t(`line_${line.value}`)}</span>
}

function Watching() {
  void fleet.version.value
  return (
    <>
      {monitoring.value?.ok && <span class="watching"><Icon name="check" />{t('monitoring_ok')}</span>}
      <span class="watching">{t('v_count', { n: fleet.size.toLocaleString() })}</span>
    </>
  )
}

export function PaletteSwitch() {
  return (
    <div class="segments" role="group" aria-label={t('m_palette')}>
      {PALETTES.map((p) => (
        <IconButton key={p} icon={PALETTE_ICONS[p]} label={t(`m_palette_${p}`)} aria-pressed={palette.value === p} onClick={() => { palette.value = p }} />
      ))}
    </div>
  )
}

export function SoundSwitch() {
  return armed.value
    ? <IconButton icon="bell" class="armed" label={t('sound_off')} onClick={disarm} />
    : <IconButton icon="bell_off" class="arm" label={t('sound_on')} onClick={() => void arm()} />
}

function AccountMenu() {
  const open = useSignal(false)
  const changing = useSignal(false)
  const who = account.value!
  return (
    <div class="menu" onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) open.value = false }}>
      <button type="button" class="plain" aria-expanded={open.value} aria-haspopup="true" onClick={() => { open.value = !open.value }}><Icon name="user" />{who.name || who.login}</button>
      {open.value && (
        <div class="menu-sheet">
          <p><b>{who.name || who.login}</b><small>{term('role', who.role)} · {who.login}</small></p>
          <button type="button" onClick={() => { changing.value = true; open.value = false }}>{t('password_title_own')}</button>
          <button type="button" onClick={() => void signOut()}>{t('sign_out')}</button>
        </div>
      )}
      {changing.value && <Dialog onClose={() => { changing.value = false }}><PasswordForm forced={false} onDone={() => { changing.value = false }} /></Dialog>}
    </div>
  )
}

export function Dialog({ children, onClose }: { children: preact.ComponentChildren; onClose: () => void }) {
  return (
    <div class="dialog-back" onClick={(e) => { if (e.target === e.currentTarget) onClose() }}>
      <div class="dialog" role="dialog" aria-modal="true">{children}</div>
    </div>
  )
}
