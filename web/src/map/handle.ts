/** The one map on the page, for those who want to move it before it has been loaded. */
import { signal } from '@preact/signals'
import type { Alert } from '../types'
import { folded, page, phone, tab } from '../screen'
import type { Chart } from './chart'

export const chartOnPage = signal<Chart | null>(null)

export function locate(a: Pick<Alert, 'lon' | 'lat' | 'vessel'>): void {
  if (phone.value) {
    tab.value = 'map'
    folded.value = true
  }
  page.value = 'watch'
  whenThere((chart) => chart.locate(a.vessel?.id ?? null, a.lon, a.lat))
}

/** Now, or when the map has been loaded; a frame later, when its page has its size. */
function whenThere(job: (chart: Chart) => void): void {
  let stop = () => {}
  stop = chartOnPage.subscribe((chart) => {
    if (!chart) return
    queueMicrotask(() => stop())
    requestAnimationFrame(() => {
      chart.map.updateSize()
      job(chart)
    })
  })
}
