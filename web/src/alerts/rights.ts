/** What this person may do with an alert now. The server decides; this only hides vain buttons. */
import type { Account, Alert, Order, Step } from '../types'
import { isOpen } from './order'

export type Act =
  | 'acknowledge' | 'shelve' | 'unshelve' | 'verdict' | 'close'
  | 'accept' | 'decline' | 'progress' | 'close_order' | 'reassign' | 'handover'

export const STEPS: Step[] = ['contacted', 'en_route', 'on_scene', 'handed_over']

export function rights(account: Account, a: Alert, order: Pick<Order, 'status'> | null = a.order): Set<Act> {
  const may = new Set<Act>()
  if (!isOpen(a)) return may
  if (account.role === 'commander') onAlert(a, may)
  if (order && account.role === 'commander') onAnyOrder(account, order.status, may)
  if (order && account.person !== null && a.order?.lead?.person === account.person) onOwnOrder(order.status, may)
  return may
}

function onAlert(a: Alert, may: Set<Act>): void {
  if (a.acknowledged === null && (a.status === 'active' || a.status === 'cleared')) may.add('acknowledge')
  if (a.severity < 4 && (a.status === 'active' || a.status === 'acknowledged')) may.add('shelve')
  if (a.status === 'shelved') may.add('unshelve')
  may.add('verdict').add('close')
}

function onAnyOrder(account: Account, status: Order['status'], may: Set<Act>): void {
  if (status === 'closed' || status === 'void') return
  may.add('reassign')
  const waiting = status === 'unassigned' || status === 'offered'
  if (waiting && account.person !== null) may.add('accept')
  if (!waiting) may.add('progress').add('close_order')
}

function onOwnOrder(status: Order['status'], may: Set<Act>): void {
  if (status === 'offered') may.add('accept').add('decline')
  if (status === 'accepted' || status === 'in_progress') may.add('progress').add('close_order').add('handover')
}
