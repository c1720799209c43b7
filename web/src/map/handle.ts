/** The one map on the page, for those who want to move it before it has been loaded. */
import { signal } from '@preact/signals'
import type { Alert } from '../types'
import { folded, phone, tab } from '../screen'
import type { Chart } from './chart'

export const chartOnPage = signal<Chart | null>(null)

export function locate(a: Pick<Alert, 'lon' | 'lat' | 'vessel'>): void {
  if (phone.value) {
    tab.value = 'map'
    folded.value = true
  }
  // On a phone the map may only now be getting its size.
  setTimeout(() => chartOnPage.value?.locate(a.vessel?.id ?? null, a.lon, a.lat), 60)
}
