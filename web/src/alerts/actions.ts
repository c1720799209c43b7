/** The acts themselves: send, take the answer in, say what happened. */
import { OFFLINE, post, Problem } from '../api'
import { either, t, type Key } from '../i18n'
import { readStatus, reread } from '../live/feed'
import { say } from '../toast'
import type { Alert, Order, OrderRef } from '../types'
import { called } from '../vessels'
import { put } from './store'

export const what = (a: Alert): string => `${either(a.title_zh, a.title_en)} · ${called(a.vessel)}`

/** A sentence for a person, whatever went wrong. */
export function explain(problem: unknown): string {
  if (!(problem instanceof Problem)) return t('error_server', { status: '?' })
  if (problem.status === OFFLINE) return t('error_offline')
  if (problem.status === 404) return t('error_gone')
  if (problem.status === 403) return t('error_forbidden')
  if (problem.status === 409) return t('error_conflict')
  if (problem.status === 422 || problem.status === 400) return problem.errors[0]?.message ?? problem.message
  return t('error_server', { status: problem.status })
}

type Fields = Record<string, unknown>

/** An act on the alert; throws the Problem for the form to show. */
export async function onAlert(a: Alert, act: 'acknowledge' | 'shelve' | 'unshelve' | 'verdict' | 'close', fields: Fields = {}): Promise<void> {
  const answer = await attempt<{ alert: Alert }>(`/alerts/${a.id}/${act}`, fields)
  put(answer.alert)
  say(t(`done_${act}` as Key, { what: what(a) }), 'good', act === 'shelve' ? () => quietly(() => onAlert(answer.alert, 'unshelve')) : undefined)
  void readStatus().catch(() => {})
}

const DONE: Record<string, Key> = {
  accept: 'done_accept', decline: 'done_decline', progress: 'done_progress', reassign: 'done_reassign', handover: 'done_reassign', close: 'done_close_order',
}

/** An act on the alert's order. */
export async function onOrder(a: Alert, act: 'accept' | 'decline' | 'progress' | 'reassign' | 'handover' | 'close', fields: Fields = {}): Promise<Order> {
  const { order } = await attempt<{ order: Order }>(`/orders/${a.order?.id}/${act}`, fields)
  put({ ...a, order: asRef(order) })
  say(t(DONE[act]))
  return order
}

/** What of an order rides on its alert. */
function asRef({ id, status, lead, level, accept_by, basis, reason, reason_zh, reason_en }: Order): OrderRef {
  return { id, status, lead, level, accept_by, basis, reason, reason_zh, reason_en }
}

async function attempt<T>(path: string, fields: Fields): Promise<T> {
  try {
    return await post<T>(path, fields)
  } catch (problem) {
    if (problem instanceof Problem && (problem.status === 409 || problem.status === 404)) void reread().catch(() => {})
    throw problem
  }
}

/** For buttons without a form around them: the error goes to a toast. */
export function quietly(act: () => Promise<unknown>): void {
  act().catch((problem: unknown) => say(explain(problem), 'bad'))
}
