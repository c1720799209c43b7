/** One alert in the list: how grave, what, who, since when, and in whose hands. */
import { isUnassigned, wantsAttention } from '../alerts/order'
import { either, t, term } from '../i18n'
import { locate } from '../map/handle'
import { folded } from '../screen'
import { selectAlert, selectedAlert } from '../selection'
import { LEVELS } from '../severity'
import type { Alert } from '../types'
import { called } from '../vessels'
import { Age, Deadline, Glyph, OrderTag, OverTag } from './bits'

export function open(a: Alert): void {
  folded.value = false
  selectAlert(a.id, a.vessel?.id ?? null)
}

export function AlertRow({ alert: a }: { alert: Alert }) {
  const calling = wantsAttention(a) || isUnassigned(a)
  const chosen = selectedAlert.value === a.id
  return (
    <li class={`row row-${LEVELS[a.severity].name} ${calling ? 'calling' : ''} ${a.status === 'cleared' ? 'over' : ''}`}>
      <button type="button" class="row-button" aria-current={chosen} data-alert={a.id} onClick={() => open(a)} onDblClick={() => locate(a)}>
        <span class="row-level">
          <Glyph severity={a.severity} size={24} flash={calling && a.status !== 'cleared'} />
          <span>{t(`sev_${a.severity}`)}</span>
        </span>
        <span class="row-what">
          <span class="row-title">{either(a.title_zh, a.title_en)}</span>
          <span class="row-boat">{called(a.vessel)}</span>
        </span>
        <span class="row-age"><Age at={a.opened} /></span>
        <span class="row-where">{place(a)}</span>
        <Hands alert={a} />
      </button>
    </li>
  )
}

/** Grid and zone, once where both have one name. */
function place(a: Alert): string {
  const names = [a.grid && either(a.grid.name, a.grid.name_en), either(a.zone_name, a.zone_name_en)]
  return [...new Set(names.filter(Boolean))].join(' · ')
}

/** Whose move it is. */
function Hands({ alert: a }: { alert: Alert }) {
  const order = a.order
  return (
    <span class="row-hands">
      <OverTag alert={a} />
      {order ? <OrderTag status={order.status} /> : a.severity > 1 && a.status !== 'cleared' && <span class="tag">{term('status', a.status)}</span>}
      {order?.lead && <span class="row-lead">{either(order.lead.name, order.lead.name_en)}</span>}
      {order?.status === 'offered' && order.accept_by && <Deadline at={order.accept_by} bare />}
    </span>
  )
}
