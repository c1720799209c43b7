/** What is looked at: one alert or one vessel, and whether the map follows it. */
import { signal } from '@preact/signals'

export const selectedAlert = signal<number | null>(null)
export const selectedVessel = signal<number | null>(null)
export const following = signal(false)
export const hovered = signal<{ vessel: number; x: number; y: number } | null>(null)

export function selectAlert(id: number | null, vessel: number | null = null): void {
  selectedAlert.value = id
  selectedVessel.value = vessel
  following.value = false
}

export function selectVessel(id: number | null): void {
  selectAlert(null, id)
}
