/** The open alerts, most pressing first; what nobody has taken stands on top of everything. */
import { SECTIONS, type Section } from '../alerts/order'
import { bySection, filter, loaded, mine, sorted, visible } from '../alerts/store'
import { t, type Key } from '../i18n'
import { phone } from '../screen'
import { account } from '../session'
import { WORST_FIRST } from '../severity'
import type { Alert, Severity } from '../types'
import { AlertRow } from './AlertRow'
import { Glyph, Icon } from './bits'
import { TaskCard } from './TaskCard'

/** A member with nothing to do, while others have. */
const idle = (): boolean => account.value?.role === 'member' && mine.value.length === 0 && visible.value.length > 0

/** So few need no search on a small screen. */
const FEW = 8
/** Of a section; beyond that nobody reads on, and drawing costs. */
const MOST = 150

export function AlertList() {
  return (
    <section class="list" aria-label={t('alerts')}>
      {(!phone.value || sorted.value.length > FEW) && <Filters />}
      <div class="list-scroll">
        {idle() && <p class="list-idle"><Icon name="check" />{t('tasks_none')}</p>}
        {SECTIONS.map((name) => <Group key={name} name={name} alerts={bySection.value.get(name) ?? []} />)}
        {visible.value.length === 0 && <Nothing />}
      </div>
    </section>
  )
}

/** A member acknowledges nothing: for them it is what else goes on in their grid. */
function heading(name: Section): Key {
  return name === 'new' && account.value?.role === 'member' ? 'grid_alerts' : `section_${name}`
}

function Group({ name, alerts }: { name: Section; alerts: Alert[] }) {
  if (!alerts.length) return null
  return (
    <section class={`group group-${name}`}>
      <h2>{t(heading(name))} <b>{alerts.length}</b></h2>
      {name === 'unassigned' && <p class="group-note"><Icon name="warn" />{t('section_unassigned_note')}</p>}
      <ul>
        {alerts.slice(0, MOST).map((a) => (name === 'mine' && account.value?.role === 'member' ? <TaskCard key={a.id} alert={a} /> : <AlertRow key={a.id} alert={a} />))}
      </ul>
      {alerts.length > MOST && <p class="group-more">{t('alerts_more', { n: alerts.length - MOST })}</p>}
    </section>
  )
}

function Nothing() {
  if (!loaded.value) return <p class="nothing" role="status">{t('alerts_loading')}</p>
  const filtered = sorted.value.length > 0
  const member = account.value?.role === 'member'
  return (
    <div class="nothing">
      <Icon name={filtered ? 'search' : 'check'} size={36} />
      <p>{t(filtered ? 'alerts_none_filter' : member ? 'tasks_none' : 'alerts_none')}</p>
      {!filtered && <small>{t(member ? 'tasks_none_note' : 'alerts_none_note')}</small>}
    </div>
  )
}

function Filters() {
  const chosen = filter.value.severities
  const toggle = (severity: Severity) => {
    const next = new Set(chosen)
    if (!next.delete(severity)) next.add(severity)
    filter.value = { ...filter.value, severities: next.size === WORST_FIRST.length ? new Set() : next }
  }
  return (
    <div class="filters">
      <label class="search">
        <Icon name="search" />
        <input id="search" type="search" placeholder={t('alerts_search')} aria-label={t('alerts_search')} value={filter.value.text}
          onInput={(e) => { filter.value = { ...filter.value, text: e.currentTarget.value } }} />
      </label>
      <div class="chips" role="group" aria-label={t('m_legend')}>
        {WORST_FIRST.map((severity) => (
          <button key={severity} type="button" class="chip" aria-pressed={chosen.has(severity)} onClick={() => toggle(severity)}>
            <Glyph severity={severity} size={16} />{t(`sev_${severity}`)}<b>{sorted.value.filter((a) => a.severity === severity).length}</b>
          </button>
        ))}
      </div>
    </div>
  )
}
