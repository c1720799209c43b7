/** What a browser test may ask, since a canvas has no elements to look at. */
import { alerts } from './alerts/store'
import { fleet, line } from './live/feed'
import { chartOnPage } from './map/handle'

export interface Probe {
  vessels: () => number
  position: (id: number) => [lon: number, lat: number] | null
  pixel: (id: number) => [number, number] | null
  alerts: () => number[]
  line: () => string
}

export function installProbe(): void {
  const probe: Probe = {
    vessels: () => fleet.size,
    position: (id) => {
      const row = fleet.row(id)
      return row < 0 ? null : [fleet.lon[row], fleet.lat[row]]
    },
    pixel: (id) => chartOnPage.value?.pixelOf(id) ?? null,
    alerts: () => [...alerts.value.keys()],
    line: () => line.value,
  }
  Object.assign(window, { __fleet: probe })
}
