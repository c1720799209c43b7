/** Where the selected boat was in the last six hours; where nothing was heard, nothing is drawn solid. */
import { effect, signal } from '@preact/signals'
import { get } from '../api'
import { serverNow } from '../clock'
import { mercatorX, mercatorY } from '../geo'
import { fleet } from '../live/feed'
import { selectedVessel } from '../selection'

export interface Trail {
  vessel: number
  x: number[]
  y: number[]
  /** Fix times, server milliseconds. */
  t: number[]
}

export const TRAIL_MS = 6 * 3600_000
/** Longer between two fixes: the way between them is not known. */
export const GAP_MS = 20 * 60_000
/** Every fix: thinned out, a straight leg could not be told from silence. */
const TOLERANCE_M = 0

export const trail = signal<Trail | null>(null)

interface Track {
  geometry: { type: string; coordinates: number[][] } | null
  properties: { coordTimes: string[] }
}

async function load(vessel: number): Promise<void> {
  const from = new Date(serverNow() - TRAIL_MS).toISOString()
  const track = await get<Track>(`/vessels/${vessel}/track?from=${encodeURIComponent(from)}&tolerance_m=${TOLERANCE_M}`)
  if (selectedVessel.value !== vessel) return
  const points = track.geometry?.type === 'LineString' ? track.geometry.coordinates : []
  trail.value = {
    vessel,
    x: points.map(([lon]) => mercatorX(lon)),
    y: points.map(([, lat]) => mercatorY(lat)),
    t: (track.properties.coordTimes ?? []).map((time) => Date.parse(time)),
  }
}

/** The newest fix is added as it comes. */
function extend(): void {
  const known = trail.value
  const row = known ? fleet.row(known.vessel) : -1
  if (!known || row < 0) return
  const fixed = fleet.fixed[row] + (serverNow() - Date.now())
  const last = known.t[known.t.length - 1] ?? 0
  if (fixed < last + 5000 || known.x[known.x.length - 1] === fleet.x[row]) return
  trail.value = { vessel: known.vessel, x: [...known.x, fleet.x[row]], y: [...known.y, fleet.y[row]], t: [...known.t, fixed] }
}

export function followTrail(): () => void {
  const stops = [
    effect(() => {
      const vessel = selectedVessel.value
      trail.value = null
      if (vessel) load(vessel).catch(() => {})
    }),
    fleet.version.subscribe(extend),
  ]
  return () => stops.forEach((stop) => stop())
}
