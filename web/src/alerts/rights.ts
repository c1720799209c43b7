/** What this person may do with an alert now. The server decides; this only hides vain buttons. */
import type { Account, Alert, Assignment, OrderRef, Step } from '../types'
import { isOpen } from './order'

export type Act =
  | 'acknowledge' | 'shelve' | 'unshelve' | 'verdict' | 'close'
  | 'accept' | 'decline' | 'progress' | 'close_order' | 'reassign' | 'handover'

export const STEPS: Step[] = ['contacted', 'en_route', 'on_scene', 'handed_over']

/** @param asked everybody who has been asked so far, where that is known */
export function rights(account: Account, a: Alert, asked: Assignment[] = []): Set<Act> {
  const may = new Set<Act>()
  if (!isOpen(a)) return may
  if (account.role === 'commander') onAlert(a, may)
  if (a.order && account.role === 'commander') onAnyOrder(account, a.order.status, may)
  if (a.order && account.role === 'member' && account.person !== null) onMemberOrder(account.person, a.order, asked, may)
  if (a.order && account.person !== null && a.order.lead?.person === account.person) onOwnOrder(a.order.status, may)
  return may
}

function onAlert(a: Alert, may: Set<Act>): void {
  if (a.acknowledged === null && (a.status === 'active' || a.status === 'cleared')) may.add('acknowledge')
  if (a.severity < 4 && (a.status === 'active' || a.status === 'acknowledged')) may.add('shelve')
  if (a.status === 'shelved') may.add('unshelve')
  may.add('verdict').add('close')
}

/** Nobody has it, or I was too late and it is still waiting: then I may take it after all. */
function onMemberOrder(person: number, order: OrderRef, asked: Assignment[], may: Set<Act>): void {
  const late = asked.some((x) => x.person === person && (x.answer === 'timed_out' || x.answer === 'withdrawn'))
  if (order.status === 'unassigned' || (order.status === 'offered' && late)) may.add('accept')
}

function onAnyOrder(account: Account, status: OrderRef['status'], may: Set<Act>): void {
  if (status === 'closed' || status === 'void') return
  may.add('reassign')
  const waiting = status === 'unassigned' || status === 'offered'
  if (waiting && account.person !== null) may.add('accept')
  if (!waiting) may.add('progress').add('close_order')
}

function onOwnOrder(status: OrderRef['status'], may: Set<Act>): void {
  if (status === 'offered') may.add('accept').add('decline')
  if (status === 'accepted' || status === 'in_progress') may.add('progress').add('close_order').add('handover')
}
