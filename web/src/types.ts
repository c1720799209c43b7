/** What the server says, as /api/v1/openapi.json has it. Times are RFC 3339; unknown is null. */

export type Severity = 1 | 2 | 3 | 4
export type Role = 'commander' | 'member' | 'association' | 'admin'
export type Language = 'zh' | 'en'

/** Who did it: an account. */
export interface Actor { id: number; name: string }

export interface Account {
  id: number
  login: string
  role: Role
  name: string
  person: number | null
  org: number | null
  language: Language
  must_change: boolean
}

export interface Lead {
  person: number
  name: string
  name_en?: string
  phone_masked?: string
  phone?: string | null
}

export type OrderStatus = 'unassigned' | 'offered' | 'accepted' | 'in_progress' | 'closed' | 'void'
export type Step = 'contacted' | 'en_route' | 'on_scene' | 'handed_over'
export type Outcome = 'resolved' | 'false_alarm' | 'test' | 'handed_to_sar' | 'no_action'
export type Verdict = 'true' | 'false_alarm' | 'test'

/** An order as it rides on its alert. */
export interface OrderRef {
  id: number
  status: OrderStatus
  lead: Lead | null
  level: number
  accept_by: string | null
  basis: string
  reason: string
  reason_zh: string
  reason_en: string
}

export interface Order extends OrderRef {
  severity: Severity
  created: string
  accepted: string | null
  progress: Step | ''
  closed: string | null
  outcome: Outcome | ''
  note: string
  version: number
}

export type AlertStatus =
  | 'active' | 'acknowledged' | 'cleared' | 'closed'
  | 'shelved' | 'suppressed' | 'invalid' | 'retracted'

export interface Alert {
  id: number
  kind: string
  title_zh: string
  title_en: string
  vessel: { id: number; name: string; mmsi: string | null } | null
  other: number | null
  zone_name: string | null
  zone_name_en: string | null
  severity: Severity
  status: AlertStatus
  opened: string
  episode: string
  last_seen: string
  occurrences: number
  cleared: string | null
  acknowledged: string | null
  lon: number | null
  lat: number | null
  grid: { id: number; name: string; name_en?: string } | null
  shelved_until: string | null
  verdict: Verdict | null
  reason: string
  closed: string | null
  order: OrderRef | null
  late: boolean
  version: number
}

/** One line of an alert's or order's history. */
export interface HistoryEvent {
  seq: number
  at: string
  act: string
  actor: Actor | null
  reason: string
  detail: Record<string, unknown>
}

export interface Assignment {
  person: number
  name: string
  name_en: string
  level: number
  offered: string
  answered: string | null
  answer: string
  reason: string
}

export interface AlertDetail {
  alert: Alert
  evidence: Record<string, unknown>
  history: HistoryEvent[]
  order: Order | null
}

export interface OrderDetail {
  order: Order
  assignments: Assignment[]
  history: HistoryEvent[]
}

export interface Member {
  person: number
  name: string
  name_en: string
  phone_masked: string
  phone: string | null
  org: string | null
  grids: { id: number; name: string; name_en?: string; rank: number | null; leader: boolean }[]
  on_duty: boolean
  open_orders: number
}

/** The register's line about a boat: what the live stream does not repeat. */
export interface Vessel {
  id: number
  name: string
  reg_no: string | null
  registered: boolean
  class: string
  mmsi: string | null
  length_m: number | null
  gear: string[]
  home_grid: number | null
  home_port: string
}

export interface VesselDetail extends Vessel {
  wind_limit: number | null
  crew: number | null
  grid: { id: number; name: string; name_en?: string } | null
  association_name: string | null
  owner: { name: string; phone_masked: string; phone: string | null }
  latest: { t: string; received: string; source: string; battery_pct: number | null; lon: number | null; lat: number | null } | null
  identities: { kind: string; value: string }[]
}

export interface Monitoring {
  ok: boolean
  since: string | null
  lag_s: number | null
  reason?: string
}

export interface Status {
  monitoring: Monitoring
  unassigned: number
  version: string
  demo: boolean
}

/** What a text frame of the live stream may be. */
export type Frame =
  | { type: 'hello'; event_seq: number; tick: number }
  | { type: 'ping'; event_seq?: number; tick?: number }
  | { type: 'alert' | 'order'; seq: number; act: string; alert: Alert | null; order?: Order }
  | { type: 'status'; monitoring: Monitoring }
  | { type: 'reset' }
