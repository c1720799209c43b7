/** An alert for tests, with what matters to the test said by the test. */
import type { Alert, OrderRef } from '../src/types'

export function order(fields: Partial<OrderRef> = {}): OrderRef {
  return { id: 1, status: 'offered', lead: null, level: 1, accept_by: null, basis: '', reason: '', reason_zh: '', reason_en: '', ...fields }
}

export function alert(id: number, fields: Partial<Alert> = {}): Alert {
  return {
    id, kind: 'gap', title_zh: '失联', title_en: 'Silent', vessel: { id, name: `琼${id}`, mmsi: null }, other: null,
    zone_name: null, zone_name_en: null, severity: 2, status: 'active', opened: '2026-11-01T00:00:00Z', episode: '2026-11-01T00:00:00Z',
    last_seen: '2026-11-01T00:00:00Z', occurrences: 1, cleared: null, acknowledged: null, closed: null, lon: null, lat: null, grid: null,
    shelved_until: null, verdict: null, reason: '', order: null, late: false, version: 1, ...fields,
  }
}
