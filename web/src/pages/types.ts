/** What the server says on the command centre's pages, as /api/v1/openapi.json has it. */
import type { Actor } from '../types'

export type StandingState = 'evaluated' | 'in_part' | 'not_evaluated'

export interface Standing { state: StandingState; missing: string[]; why_zh: string; why_en: string }

export type Params = Record<string, unknown>

/** Numbers that differ for some boats, somewhere, or for a time. */
export interface Override { class?: string | null; zone?: string | null; season?: string | null; params: Params }

export interface RuleVersion {
  version: number
  params: Params
  scopes: Override[]
  source: string
  enabled: boolean
  /** Null: they ship with the service. */
  at: string | null
  actor: Actor | null
  reason: string
}

export interface Rule extends RuleVersion {
  kind: string
  title_zh: string
  title_en: string
  about_zh: string
  about_en: string
  log: boolean
  data: Standing
  open: number
  day: number
}

export interface RuleState { kind: string; title_zh: string; title_en: string; data: Standing }

export const CALLED = ['sheltered', 'settled', 'on_way', 'answered', 'silent', 'out'] as const
export type CalledState = (typeof CALLED)[number]

export interface Recall {
  id: number
  order: string
  title: string
  action: string
  area: string | null
  issued: string
  deadline: string
  ended: string | null
}

export interface Called {
  vessel: number
  reg_no: string | null
  name: string
  state: CalledState
  answer: string | null
  answered: string | null
  last_fix: string | null
}

export interface RollCall extends Recall { counts: Record<CalledState, number>; boats: Called[] }

export interface PortState {
  id: number
  code: string
  name: string
  name_en: string
  places: number | null
  in_port: number
  berthed: number
  arrivals: number
  departures: number
}

export interface PortStates { since: string; at_sea: number; ports: PortState[] }

export interface PortVisit {
  vessel: number
  vessel_name: string
  reg_no: string | null
  port: number
  port_code: string
  port_name: string
  arrived: string
  departed: string | null
}

export interface FactKind { kind: string; n: number; at: string | null; actor: Actor | null }
