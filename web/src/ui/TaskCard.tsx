/** An order in the hands of the member who looks: what to do now, with room for a wet thumb. */
import { useSignal } from '@preact/signals'
import { onOrder, quietly } from '../alerts/actions'
import { either, t } from '../i18n'
import { locate } from '../map/handle'
import { LEVELS } from '../severity'
import type { Alert } from '../types'
import { called } from '../vessels'
import { open } from './AlertRow'
import { Age, Deadline, Glyph, Icon, LevelTag, OrderTag, OverTag } from './bits'
import { position } from '../geo'

export function TaskCard({ alert: a }: { alert: Alert }) {
  const busy = useSignal(false)
  const asked = a.order?.status === 'offered'
  const accept = () => {
    busy.value = true
    quietly(() => onOrder(a, 'accept').finally(() => { busy.value = false }))
  }
  return (
    <li class={`task task-${LEVELS[a.severity].name} ${asked ? 'asked' : ''}`}>
      <button type="button" class="task-main" data-alert={a.id} onClick={() => open(a)}>
        <span class="task-top">
          <Glyph severity={a.severity} size={30} flash={asked} />
          <LevelTag severity={a.severity} />
          <span class="task-age"><Age at={a.opened} /></span>
        </span>
        <strong>{either(a.title_zh, a.title_en)}</strong>
        <span class="task-boat">{called(a.vessel)}</span>
        <span class="task-where">
          {a.lon !== null && a.lat !== null ? position(a.lon, a.lat) : t('d_no_position')}
          {a.grid && ` · ${either(a.grid.name, a.grid.name_en)}`}
        </span>
        <span class="task-state">
          <OverTag alert={a} /><OrderTag status={a.order!.status} />
          {asked && a.order?.accept_by && <Deadline at={a.order.accept_by} />}
        </span>
      </button>
      <div class="task-buttons">
        {asked ? (
          <>
            <button type="button" class="primary big" disabled={busy.value} onClick={accept}><Icon name="check" />{t('act_accept')}</button>
            <button type="button" class="big" onClick={() => open(a)}>{t('act_decline')}</button>
          </>
        ) : (
          <>
            <button type="button" class="primary big" onClick={() => open(a)}>{t('act_progress')}</button>
            <button type="button" class="big" onClick={() => locate(a)}><Icon name="locate" />{t('d_locate')}</button>
          </>
        )}
      </div>
    </li>
  )
}
