/** The open alerts as the server has them, and what they add up to.
 *
 * An alert is only ever replaced by a newer version of itself, so that a slow HTTP answer cannot
 * undo what the live stream has said since.
 */
import { computed, signal } from '@preact/signals'
import { account } from '../session'
import type { Alert } from '../types'
import { compare, EVERYTHING, isMine, isOpen, isUnassigned, section, shown, wantsAttention, type Filter, type Section } from './order'

export const alerts = signal<ReadonlyMap<number, Alert>>(new Map())
export const loaded = signal(false)
export const filter = signal<Filter>(EVERYTHING)

/** Own tasks come first for a member; a commander's list is everybody's. */
export const person = computed(() => (account.value?.role === 'member' ? account.value.person : null))
export const sorted = computed(() => [...alerts.value.values()].filter(isOpen).sort(compare(person.value)))
export const visible = computed(() => sorted.value.filter((a) => shown(a, filter.value, person.value)))
export const unassigned = computed(() => sorted.value.filter(isUnassigned))
export const mine = computed(() => sorted.value.filter((a) => isMine(a, person.value)))
export const urgent = computed(() => sorted.value.filter(wantsAttention))

export const bySection = computed(() => {
  const groups = new Map<Section, Alert[]>()
  for (const a of visible.value) {
    const name = section(a, person.value)
    groups.set(name, [...(groups.get(name) ?? []), a])
  }
  return groups
})

/** The worst open alert of each vessel: what the map marks. */
export const worstByVessel = computed(() => {
  const worst = new Map<number, Alert>()
  for (const a of sorted.value) {
    const id = a.vessel?.id
    if (id === undefined || a.status === 'shelved') continue
    const known = worst.get(id)
    if (!known || graver(a, known)) worst.set(id, a)
  }
  return worst
})

const graver = (a: Alert, b: Alert): boolean =>
  a.severity !== b.severity ? a.severity > b.severity
    : (a.status === 'cleared') !== (b.status === 'cleared') ? b.status === 'cleared'
    : wantsAttention(a) && !wantsAttention(b)

export function put(...changed: Alert[]): void {
  const next = new Map(alerts.value)
  for (const a of changed) {
    const known = next.get(a.id)
    if (!known || newer(a, known)) next.set(a.id, a)
  }
  alerts.value = next
}

/** An order moves on without its alert's version, so equal versions replace as well. */
const newer = (a: Alert, known: Alert): boolean => a.version >= known.version

/** What the server listed as open; `before` is what was known when it was asked.
 *
 * What the stream has touched meanwhile is newer than the list, whether the list has it or not.
 */
export function replaceAll(list: Alert[], before: ReadonlyMap<number, Alert>): void {
  const touched = [...alerts.value].filter(([id, a]) => before.get(id) !== a)
  alerts.value = new Map([...list.map((a) => [a.id, a] as const), ...touched])
  loaded.value = true
}

export function forgetAll(): void {
  alerts.value = new Map()
  loaded.value = false
  filter.value = EVERYTHING
}
