/** The keyboard of a watch officer: j/k through the list, a, Enter, f, Esc, / and ?; 1 to 7 for the pages. */
import { onAlert, quietly } from './alerts/actions'
import { SECTIONS } from './alerts/order'
import { rights } from './alerts/rights'
import { alerts, bySection } from './alerts/store'
import { locate } from './map/handle'
import { helping, open, PAGES } from './screen'
import { following, selectAlert, selectedAlert, selectedVessel } from './selection'
import { account } from './session'
import type { Alert } from './types'

const listed = (): Alert[] => SECTIONS.flatMap((name) => bySection.value.get(name) ?? [])
const current = (): Alert | undefined => (selectedAlert.value === null ? undefined : alerts.value.get(selectedAlert.value))

function step(by: 1 | -1): void {
  const list = listed()
  if (!list.length) return
  const at = list.findIndex((a) => a.id === selectedAlert.value)
  const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))]
  selectAlert(next.id, next.vessel?.id ?? null)
  document.querySelector(`[data-alert="${next.id}"]`)?.scrollIntoView({ block: 'nearest' })
}

function acknowledge(): void {
  const a = current()
  if (a && account.value && rights(account.value, a).has('acknowledge')) quietly(() => onAlert(a, 'acknowledge'))
}

function leave(): void {
  if (helping.value) helping.value = false
  else if (selectedAlert.value !== null || selectedVessel.value !== null) selectAlert(null)
  else open('watch')
}

const KEYS: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  a: acknowledge,
  f: () => { if (selectedVessel.value !== null) following.value = !following.value },
  Enter: () => { const a = current(); if (a) locate(a) },
  Escape: leave,
  '/': () => document.getElementById('search')?.focus(),
  '?': () => { helping.value = !helping.value },
  ...Object.fromEntries(PAGES.map((name, i) => [String(i + 1), () => open(name)])),
}

const TYPING = /^(INPUT|TEXTAREA|SELECT)$/

export function startKeys(): () => void {
  const press = (event: KeyboardEvent) => {
    const element = event.target as HTMLElement
    const typing = TYPING.test(element.tagName)
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === 'a') return
    if (typing && event.key === 'Escape') return element.blur()
    const elsewhere = element.tagName === 'BUTTON' && element.dataset.alert !== String(selectedAlert.value)
    if (typing || (event.key === 'Enter' && elsewhere)) return
    const act = KEYS[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  addEventListener('keydown', press)
  return () => removeEventListener('keydown', press)
}
