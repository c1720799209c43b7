/** What can be done now, as buttons; an act that needs words opens its form in their place. */
import { useSignal } from '@preact/signals'
import { onAlert, onOrder, quietly } from '../alerts/actions'
import { rights, type Act } from '../alerts/rights'
import { t, type Key } from '../i18n'
import type { Account, Alert, OrderDetail } from '../types'
import { ActForm, type FormAct } from './ActForms'
import { Icon } from './bits'

const FORMS = new Set<Act>(['shelve', 'verdict', 'close', 'decline', 'progress', 'close_order', 'reassign', 'handover'])
/** What the hand should find first. */
const MINE: Act[] = ['accept', 'progress', 'close_order', 'decline', 'handover', 'acknowledge', 'reassign', 'verdict', 'shelve', 'unshelve', 'close']
/** For somebody else's order the desk first looks, then steers. */
const THEIRS: Act[] = ['acknowledge', 'reassign', 'accept', 'verdict', 'shelve', 'unshelve', 'progress', 'close_order', 'close']
const UNASSIGNED: Act[] = ['reassign', 'accept', 'acknowledge', 'verdict', 'shelve', 'close']

interface Props { alert: Alert; detail: OrderDetail | null; account: Account; onDone: () => void }

function order(a: Alert, account: Account): Act[] {
  if (a.order?.status === 'unassigned') return UNASSIGNED
  return account.person !== null && a.order?.lead?.person === account.person ? MINE : THEIRS
}

export function ActBar({ alert: a, detail, account, onDone }: Props) {
  const form = useSignal<FormAct | null>(null)
  const busy = useSignal(false)
  const may = rights(account, a, detail?.assignments)
  if (form.value && may.has(form.value)) {
    return <div class="acts"><ActForm act={form.value} alert={a} order={detail?.order ?? null} onClose={() => { form.value = null; onDone() }} /></div>
  }
  if (!may.size) return null
  const now = (act: 'accept' | 'acknowledge' | 'unshelve') => {
    busy.value = true
    const job = act === 'accept' ? onOrder(a, 'accept') : onAlert(a, act)
    quietly(() => job.finally(() => { busy.value = false; onDone() }))
  }
  const acts = order(a, account).filter((act) => may.has(act))
  const lead = acts[0] === 'close' || acts[0] === 'verdict' ? undefined : acts[0]
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
