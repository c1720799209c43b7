/** What nobody may overlook, over every page: no monitoring, no connection, no sound. */
import { now, shortTime } from '../clock'
import { what } from '../alerts/actions'
import { urgent } from '../alerts/store'
import { duration, t, type Key } from '../i18n'
import { zh } from '../i18n/zh'
import { lastHeard, line, monitoring } from '../live/feed'
import { account } from '../session'
import { arm, armed, silence, silencedUntil, wanted } from '../sound'
import { Icon } from './bits'

export function Banners() {
  return (
    <div class="banners">
      <NotWatching />
      <CutOff />
      <Silent />
    </div>
  )
}

function NotWatching() {
  const state = monitoring.value
  if (!state || state.ok) return null
  const since = state.since ? Date.parse(state.since) : null
  const never = !state.reason || state.reason === 'never_started'
  const lost = since === null ? t(never ? 'monitoring_never' : 'monitoring_none') : t('monitoring_lost', { time: shortTime(since), age: duration(now.value - since) })
  return (
    <div class="banner hazard" role="alert">
      <Icon name="warn" size={20} />
      <p>{lost} {because(state.reason)}</p>
    </div>
  )
}

/** Why nothing watches; nothing for what this console has no words for, or has said already. */
function because(reason = ''): string {
  const key = `watch_${reason}`
  return reason !== 'never_started' && key in zh ? t(key as Key) : ''
}

const WORTH_SAYING_MS = 4000

function CutOff() {
  const silent = now.value - lastHeard.value
  if (line.value === 'live' || line.value === 'polling' || !lastHeard.value || silent < WORTH_SAYING_MS) return null
  return (
    <div class="banner cut" role="alert">
      <Icon name="warn" size={20} />
      <p>{t('line_down_note', { time: shortTime(lastHeard.value), age: duration(silent) })}</p>
    </div>
  )
}

function Silent() {
  const listens = account.value?.role === 'commander' || account.value?.role === 'member'
  if (!listens) return null
  if (!armed.value) {
    return (
      <div class="banner silent">
        <Icon name="bell_off" size={18} /><p>{t('sound_on_note')}</p>
        <button type="button" onClick={() => void arm()}>{t('sound_on')}</button>
      </div>
    )
  }
  const alarm = wanted()
  if (alarm !== 'red' && alarm !== 'orange') return null
  const silenced = silencedUntil.value > now.value
  return (
    <div class="banner ringing">
      <Icon name="bell" size={18} /><p>{t('sound_ringing')}</p>
      <button type="button" disabled={silenced} onClick={silence}>{t(silenced ? 'sound_silenced' : 'sound_silence')}</button>
    </div>
  )
}

/** Spoken once by a screen reader, only for red and orange: more would drown the person. */
export function Announcer() {
  const worst = urgent.value.find((a) => a.severity >= 3)
  return <div class="spoken" role="alert">{worst ? `${t(`sev_${worst.severity}`)} ${what(worst)}` : ''}</div>
}
