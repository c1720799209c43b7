/** Names and other things of vessels that seldom change: one list, cached by ETag in the browser. */
import { signal } from '@preact/signals'
import { get } from './api'
import { t } from './i18n'
import type { Vessel } from './types'

export const vessels = signal<ReadonlyMap<number, Vessel>>(new Map())

export async function loadVessels(): Promise<void> {
  const list = await get<Vessel[]>('/vessels')
  vessels.value = new Map(list.map((v) => [v.id, v]))
}

/** A name to show; vessels known only from the air may have just their MMSI. */
export function called(vessel: { name: string; mmsi: string | null } | null | undefined): string {
  return vessel?.name || (vessel?.mmsi ? `MMSI ${vessel.mmsi}` : t('v_name_unknown'))
}

export const nameOf = (id: number): string => called(vessels.value.get(id))
