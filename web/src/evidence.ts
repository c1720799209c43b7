/** An alert's evidence in words: known keys get their name, known suffixes their unit. */
import { duration, t, term, type Key } from './i18n'
import { zh } from './i18n/zh'
import { shortTime } from './clock'

const UNITS = ['kn', 'nm', 'min', 'pct', 'deg', 'm', 'h'] as const
const NOT_FOR_PEOPLE = new Set(['zone_version', 'layout', 'rule_version'])

export interface Line { name: string; value: string }

export function evidenceLines(evidence: Record<string, unknown>): Line[] {
  return Object.entries(evidence)
    .filter(([key, value]) => !NOT_FOR_PEOPLE.has(key) && value !== null && value !== '')
    .map(([key, value]) => ({ name: nameOf(key), value: valueOf(key, value) }))
}

function nameOf(key: string): string {
  const known = `e_${key}`
  return known in zh ? t(known as Key) : key.replace(/_/g, ' ')
}

function valueOf(key: string, value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'e_yes' : 'e_no')
  if (typeof value === 'number') return quantity(key, value)
  if (typeof value === 'string') return word(key, value)
  return JSON.stringify(value)
}

function quantity(key: string, value: number): string {
  if (key === 'distance_nm') return t(value < 0 ? 'e_distance_past' : 'e_distance_left', { nm: Math.abs(value) })
  if (key.endsWith('_s')) return duration(value * 1000)
  const unit = UNITS.find((u) => key.endsWith(`_${u}`))
  const rounded = Number.isInteger(value) ? String(value) : value.toFixed(1)
  if (!unit) return rounded
  return unit === 'deg' || unit === 'pct' ? `${rounded}${t(`unit_${unit}`)}` : `${rounded} ${t(`unit_${unit}`)}`
}

function word(key: string, value: string): string {
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return shortTime(Date.parse(value))
  return key === 'how' || key === 'source' ? term(key, value) : value
}
