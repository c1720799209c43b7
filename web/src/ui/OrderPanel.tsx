/** The order of an alert: in whose hands, by when, who was asked before and what they answered. */
import { either, t, term } from '../i18n'
import type { Alert, Assignment, Lead, OrderDetail } from '../types'
import { STEPS } from '../alerts/rights'
import { Deadline, Icon, OrderTag, When } from './bits'
import { byHand, spoken } from './History'

export function OrderPanel({ alert: a, detail }: { alert: Alert; detail: OrderDetail | null }) {
  const order = a.order!
  return (
    <section class={`order order-panel-${order.status}`}>
      <header>
        <h3>{t('d_order')}</h3>
        <OrderTag status={order.status} />
        {order.status === 'offered' && order.accept_by && <Deadline at={order.accept_by} />}
      </header>
      {order.lead ? <Person lead={order.lead} level={order.level} /> : order.status === 'unassigned' && <p class="order-nobody"><Icon name="warn" />{t('section_unassigned_note')}</p>}
      <p class="order-why">{byHand(order.reason) || either(order.reason_zh, order.reason_en) || spoken(order.reason, false)}</p>
      {(order.status === 'accepted' || order.status === 'in_progress') && <Steps done={detail?.order.progress ?? ''} />}
      {detail && detail.assignments.length > 0 && <Asked list={detail.assignments} />}
    </section>
  )
}

function Person({ lead, level }: { lead: Lead; level: number }) {
  const number = lead.phone || ''
  return (
    <div class="person">
      <span class="avatar" aria-hidden="true">{[...lead.name][0]}</span>
      <div><b>{either(lead.name, lead.name_en)}</b><span>{term('level', level)}</span></div>
      {number ? <a class="call" href={`tel:${number.replace(/[^+\d]/g, '')}`}><Icon name="phone" />{number}</a> : <span class="figures">{lead.phone_masked}</span>}
    </div>
  )
}

/** How far it has come. */
export function Steps({ done }: { done: string }) {
  const reached = STEPS.indexOf(done as (typeof STEPS)[number])
  return (
    <ol class="steps">
      {STEPS.map((step, i) => <li key={step} class={i <= reached ? 'reached' : ''} aria-current={i === reached ? 'step' : undefined}>{t(`step_${step}`)}</li>)}
    </ol>
  )
}

function Asked({ list }: { list: Assignment[] }) {
  return (
    <details class="asked" open={list.length < 4}>
      <summary>{t('d_asked')} <b>{list.length}</b></summary>
      <ol>
        {list.map((x) => (
          <li key={`${x.person}${x.offered}`} class={`answer-${x.answer || 'waiting'}`}>
            <When at={x.offered} />
            <span><b>{either(x.name, x.name_en)}</b> {term('level', x.level)}</span>
            <span class="answer">{term('why', x.answer || 'waiting')}{x.answer === 'declined' && x.reason && `：${spoken(x.reason, true)}`}</span>
          </li>
        ))}
      </ol>
    </details>
  )
}
