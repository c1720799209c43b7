/** The address bar and what is looked at, each following the other. */
import { effect, signal } from '@preact/signals'
import { chartOnPage } from './map/handle'
import { page, phone, tab } from './screen'
import { selectAlert, selectedAlert, selectedVessel } from './selection'
import { formatHash, parseHash, type Place } from './url'

/** What the map shows; until there is one, what the address asked for. */
export const placeShown = signal<Place | null>(null)

function read(): void {
  const asked = parseHash(location.hash)
  selectAlert(asked.alert, asked.vessel)
  page.value = asked.page
  if (phone.value && asked.page !== 'watch') tab.value = asked.page === 'recalls' ? 'recalls' : 'me'
  placeShown.value = asked.place
  if (asked.place) chartOnPage.value?.show(asked.place)
}

function write(): void {
  const address = { place: placeShown.value, vessel: selectedVessel.value, alert: selectedAlert.value, page: page.value }
  history.replaceState(null, '', formatHash(address))
}

export function followAddress(): void {
  read()
  addEventListener('hashchange', read)
  effect(write)
}
