/** What can be done now, as buttons; an act that needs words opens its form in their place. */
import { useSignal } from '@preact/signals'
import { onAlert, onOrder, quietly } from '../alerts/actions'
import { rights, type Act } from '../alerts/rights'
import { t, type Key } from '../i18n'
import type { Account, Alert, Order } from '../types'
import { ActForm, type FormAct } from './ActForms'
import { Icon } from './bits'

const FORMS = new Set<Act>(['shelve', 'verdict', 'close', 'decline', 'progress', 'close_order', 'reassign', 'handover'])
/** What the hand should find first. */
const ORDER: Act[] = ['accept', 'progress', 'acknowledge', 'close_order', 'decline', 'reassign', 'handover', 'verdict', 'shelve', 'unshelve', 'close']
const LEADING = new Set<Act>(['accept', 'progress', 'acknowledge'])

interface Props { alert: Alert; order: Order | null; account: Account; onDone: () => void }

export function ActBar({ alert: a, order, account, onDone }: Props) {
  const form = useSignal<FormAct | null>(null)
  const busy = useSignal(false)
  const may = rights(account, a)
  if (form.value && may.has(form.value)) {
    return <div class="acts"><ActForm act={form.value} alert={a} order={order} onClose={() => { form.value = null; onDone() }} /></div>
  }
  if (!may.size) return null
  const now = (act: 'accept' | 'acknowledge' | 'unshelve') => {
    busy.value = true
    const job = act === 'accept' ? onOrder(a, 'accept') : onAlert(a, act)
    quietly(() => job.finally(() => { busy.value = false; onDone() }))
  }
  const acts = ORDER.filter((act) => may.has(act))
  const lead = acts.find((act) => LEADING.has(act))
  return (
    <div class="acts">
      <div class="act-buttons">
        {acts.map((act) => (
          <button key={act} type="button" data-act={act} class={act === lead ? 'primary big' : act === 'close' ? 'quiet-danger' : ''} disabled={busy.value}
            onClick={() => (FORMS.has(act) ? (form.value = act as FormAct) : now(act as 'accept'))}>
            {act === lead && <Icon name="check" />}{label(act, a, account)}
          </button>
        ))}
      </div>
    </div>
  )
}

/** A commander does not accept what somebody else was asked: they take it. */
function label(act: Act, a: Alert, account: Account): string {
  const take = act === 'accept' && a.order?.lead?.person !== account.person
  return t(take ? 'act_take' : (`act_${act}` as Key))
}
