/** Numbers that differ for a class of boat, in a zone, or for a season 分级阈值: shown, and set with the next version. */
import type { Signal } from '@preact/signals'
import { either } from '../i18n'
import { Icon, IconButton } from '../ui/bits'
import { useLoaded } from './load'
import { said } from './Parameters'
import type { Override } from './types'
import { ordered, parameter, w, wTerm } from './words'

const CLASSES = ['fishing', 'fishing_small', 'fishing_medium', 'fishing_large', 'merchant', 'passenger', 'service', 'unknown']
const SEASONS = ['moratorium', 'typhoon', 'monsoon']

export interface Draft { cls: string; zone: string; season: string; key: string; text: string }

/** One line a number, so that each has its own field and its own error. */
export const drafts = (scopes: Override[]): Draft[] =>
  scopes.flatMap((s) => Object.keys(s.params).map((key) => ({ cls: s.class ?? '', zone: s.zone ?? '', season: s.season ?? '', key, text: said(s.params[key]) })))

/** Lines of the same condition are one override again; each keeps where its line stood. */
export function scopesOf(lines: Draft[]): { scopes: Override[]; places: number[][] } {
  const found = new Map<string, { scope: Override; lines: number[] }>()
  lines.forEach(({ cls, zone, season, key, text }, i) => {
    const name = JSON.stringify([cls, zone, season])
    const entry = found.get(name) ?? { scope: { class: cls || null, zone: zone || null, season: season || null, params: {} }, lines: [] }
    entry.scope.params[key] = Number(text)
    entry.lines.push(i)
    found.set(name, entry)
  })
  const all = [...found.values()]
  return { scopes: all.map((e) => e.scope), places: all.map((e) => e.lines) }
}

/** The line that "body.scopes.1.zone" or "body.scopes.1.params.fixes" speaks of. */
export function lineOf(field: string, lines: Draft[]): number {
  const [, index, key] = /scopes\.(\d+)(?:\.params\.(\w+)|\.|$)/.exec(field) ?? []
  const there = scopesOf(lines).places[Number(index)] ?? []
  return there.find((i) => lines[i].key === key) ?? there[0] ?? -1
}

const condition = (s: { class?: string | null; zone?: string | null; season?: string | null }): string =>
  [s.class && wTerm('band', s.class), s.zone, s.season && wTerm('season', s.season)].filter(Boolean).join(' · ')

export function Overrides({ scopes }: { scopes: Override[] }) {
  if (!scopes.length) return null
  return (
    <>
      <h4>{w('overrides')}</h4>
      <table class="table params">
        <tbody>
          {scopes.flatMap((s) => ordered(Object.keys(s.params)).map((key) => {
            const { name, unit } = parameter(key)
            return <tr key={`${condition(s)}${key}`}><th scope="row">{condition(s)}<small>{name}</small></th><td class="num">{said(s.params[key])}</td><td class="unit">{unit}</td></tr>
          }))}
        </tbody>
      </table>
    </>
  )
}

interface EditProps { lines: Signal<Draft[]>; keys: string[]; errors: Record<number, string> }

export function OverridesForm({ lines, keys, errors }: EditProps) {
  const set = (i: number, change: Partial<Draft>) => { lines.value = lines.value.map((line, n) => (n === i ? { ...line, ...change } : line)) }
  return (
    <fieldset class="overrides">
      <legend>{w('overrides')}</legend>
      {lines.value.map((line, i) => <Line key={i} line={line} keys={keys} error={errors[i]} onChange={(change) => set(i, change)} onRemove={() => { lines.value = lines.value.filter((_, n) => n !== i) }} />)}
      <button type="button" data-override onClick={() => { lines.value = [...lines.value, { cls: '', zone: '', season: '', key: keys[0], text: '' }] }}><Icon name="plus" />{w('override_add')}</button>
    </fieldset>
  )
}

interface LineProps { line: Draft; keys: string[]; error?: string; onChange: (change: Partial<Draft>) => void; onRemove: () => void }

function Line({ line, keys, error, onChange, onRemove }: LineProps) {
  const zones = useLoaded<{ features: { properties: { code: string; name: string; name_en: string } }[] }>('/zones')
  const unit = parameter(line.key).unit
  return (
    <div class={error ? 'override wrong' : 'override'}>
      <Pick name="class" value={line.cls} all="band_all" options={CLASSES.map((c) => [c, wTerm('band', c)])} onPick={(cls) => onChange({ cls })} />
      <Pick name="zone" value={line.zone} all="zone_all" options={(zones.value?.features ?? []).map(({ properties: z }) => [z.code, either(z.name, z.name_en)])} onPick={(zone) => onChange({ zone })} />
      <Pick name="season" value={line.season} all="season_all" options={SEASONS.map((s) => [s, wTerm('season', s)])} onPick={(season) => onChange({ season })} />
      <Pick name="number" value={line.key} options={keys.map((key) => [key, parameter(key).name])} onPick={(key) => onChange({ key })} />
      <input name="override" inputMode="decimal" aria-label={w('override_value')} aria-invalid={!!error} value={line.text} onInput={(e) => onChange({ text: e.currentTarget.value })} />
      <span class="unit">{unit}</span>
      <IconButton icon="close" label={w('override_remove')} onClick={onRemove} />
      {error && <p class="field-error" role="alert">{error}</p>}
    </div>
  )
}

interface PickProps { name: 'class' | 'zone' | 'season' | 'number'; value: string; all?: 'band_all' | 'zone_all' | 'season_all'; options: [string, string][]; onPick: (value: string) => void }

/** What was chosen stays an option, though the zone may have ended. */
function Pick({ name, value, all, options, onPick }: PickProps) {
  const known = !value || options.some(([code]) => code === value)
  return (
    <select name={`override_${name}`} aria-label={w(`override_${name}`)} value={value} onChange={(e) => onPick(e.currentTarget.value)}>
      {all && <option value="">{w(all)}</option>}
      {!known && <option value={value}>{value}</option>}
      {options.map(([code, label]) => <option key={code} value={code}>{label}</option>)}
    </select>
  )
}
