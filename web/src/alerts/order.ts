/** Which alert comes first, and which are shown. Pure: the list, the map, sound and keys agree. */
import type { Alert, Severity } from '../types'

export const OPEN = new Set(['active', 'acknowledged', 'cleared', 'shelved'])

export const isOpen = (a: Alert): boolean => OPEN.has(a.status)
/** Nobody has looked yet: it flashes and may sound. Information never does. */
export const wantsAttention = (a: Alert): boolean =>
  a.severity > 1 && a.acknowledged === null && (a.status === 'active' || a.status === 'cleared')
export const isUnassigned = (a: Alert): boolean => isOpen(a) && a.order?.status === 'unassigned'

/** The desk's sections, top to bottom. */
export type Section = 'unassigned' | 'mine' | 'new' | 'known' | 'info' | 'shelved'
export const SECTIONS: Section[] = ['unassigned', 'mine', 'new', 'known', 'info', 'shelved']

/** Orders that this person is asked to take or has taken. */
export function isMine(a: Alert, person: number | null): boolean {
  const live = a.order?.status === 'offered' || a.order?.status === 'accepted' || a.order?.status === 'in_progress'
  return person !== null && live && a.order?.lead?.person === person
}

export function section(a: Alert, person: number | null = null): Section {
  if (isMine(a, person)) return 'mine'
  if (a.status === 'shelved') return 'shelved'
  if (isUnassigned(a)) return 'unassigned'
  if (wantsAttention(a)) return 'new'
  return a.severity === 1 ? 'info' : 'known'
}

/** Section, then severity, then: what waits for an answer by its deadline, the rest newest first. */
export function compare(person: number | null): (a: Alert, b: Alert) => number {
  return (a, b) =>
    SECTIONS.indexOf(section(a, person)) - SECTIONS.indexOf(section(b, person)) ||
    b.severity - a.severity ||
    deadline(a) - deadline(b) ||
    Date.parse(b.opened) - Date.parse(a.opened) ||
    b.id - a.id
}

const deadline = (a: Alert): number =>
  a.order?.status === 'offered' && a.order.accept_by ? Date.parse(a.order.accept_by) : Infinity

export interface Filter {
  severities: ReadonlySet<Severity>
  text: string
  mine: boolean
}

export const EVERYTHING: Filter = { severities: new Set(), text: '', mine: false }

/** Red is never filtered away, and neither is what nobody has taken. */
export function shown(a: Alert, filter: Filter, person: number | null): boolean {
  if (filter.mine && !isMine(a, person)) return false
  if (filter.text && !matches(a, filter.text)) return false
  if (filter.severities.size === 0 || filter.severities.has(a.severity)) return true
  return a.severity === 4 || isUnassigned(a)
}

function matches(a: Alert, text: string): boolean {
  const hay = [a.vessel?.name, a.vessel?.mmsi, a.title_zh, a.title_en, a.zone_name, a.grid?.name, a.grid?.name_en, a.order?.lead?.name]
  const needle = text.trim().toLowerCase()
  return hay.some((word) => String(word ?? '').toLowerCase().includes(needle))
}
