/** Every alert kind: how far it is evaluated and why not, its numbers, how often it was raised. */
import { signal } from '@preact/signals'
import { either } from '../i18n'
import { Icon } from '../ui/bits'
import { useLoaded } from './load'
import { Frame, Nothing, Reading, Split } from './parts'
import { RuleDetail } from './RuleDetail'
import type { Rule } from './types'
import { w, wTerm } from './words'

const EVERY_MS = 60_000
const STATES = ['not_evaluated', 'in_part', 'evaluated', 'off'] as const
export type Stand = (typeof STATES)[number]

/** Outlives the page: coming back shows what was looked at. */
const chosen = signal<string | null>(null)
const text = signal('')
const only = signal<Stand | ''>('')

/** A kind that was switched off is not evaluated whatever there is. */
export const standOf = (rule: Rule): Stand => (rule.enabled ? rule.data.state : 'off')

export function RulesPage() {
  const rules = useLoaded<{ rules: Rule[] }>('/rules', EVERY_MS)
  const list = rules.value?.rules ?? []
  const rule = list.find((r) => r.kind === chosen.value)
  return (
    <Frame title={w('rules_title')} onBack={rule && (() => { chosen.value = null })} aside={rules.value && <Counts rules={list} />}>
      <Reading of={rules}>
        {() => <Split list={<RuleList rules={list} />}
          detail={rule ? <RuleDetail key={rule.kind} rule={rule} onChanged={rules.reload} /> : null} />}
      </Reading>
    </Frame>
  )
}

function Counts({ rules }: { rules: Rule[] }) {
  const count = (stand: Stand) => rules.filter((r) => standOf(r) === stand).length
  return (
    <div class="chips page-chips" role="group" aria-label={w('rules_standing')}>
      {STATES.filter(count).map((stand) => (
        <button type="button" class="chip" key={stand} aria-pressed={only.value === stand} onClick={() => { only.value = only.value === stand ? '' : stand }}>
          <StandMark stand={stand} /><b>{count(stand)}</b>
        </button>
      ))}
    </div>
  )
}

const MARKS = { evaluated: 'check', in_part: 'half', not_evaluated: 'warn', off: 'close' } as const

export function StandMark({ stand }: { stand: Stand }) {
  return <span class={`stand stand-${stand}`}><Icon name={MARKS[stand]} />{wTerm('stand', stand)}</span>
}

function RuleList({ rules }: { rules: Rule[] }) {
  const wanted = text.value.trim().toLowerCase()
  const fits = (r: Rule) => (!only.value || standOf(r) === only.value)
    && `${r.kind} ${r.title_zh} ${r.title_en} ${r.about_zh}`.toLowerCase().includes(wanted)
  const shown = rules.filter(fits).sort((a, b) => STATES.indexOf(standOf(a)) - STATES.indexOf(standOf(b)) || b.day - a.day)
  return (
    <>
      <label class="search page-search"><Icon name="search" /><input type="search" placeholder={w('rules_search')} aria-label={w('rules_search')} value={text.value} onInput={(e) => { text.value = e.currentTarget.value }} /></label>
      {shown.length === 0 && <Nothing word="nothing_found" />}
      <table class="table rules-table">
        <thead><tr><th scope="col">{w('rules_standing')}</th><th scope="col">{w('rules_kind')}</th><th scope="col" class="num">{w('rules_open')}</th><th scope="col" class="num">{w('rules_day')}</th><th scope="col" class="num">{w('rules_version')}</th></tr></thead>
        <tbody>{shown.map((rule) => <RuleRow key={rule.kind} rule={rule} />)}</tbody>
      </table>
    </>
  )
}

function RuleRow({ rule }: { rule: Rule }) {
  const stand = standOf(rule)
  const why = either(rule.data.why_zh, rule.data.why_en)
  return (
    <tr class={`picked-${chosen.value === rule.kind} row-${stand}`}>
      <td><StandMark stand={stand} /></td>
      <td>
        <button type="button" class="link" data-rule={rule.kind} aria-expanded={chosen.value === rule.kind} onClick={() => { chosen.value = rule.kind }}>{either(rule.title_zh, rule.title_en)}</button>
        {rule.log && <span class="tag">{w('rules_log')}</span>}
        {why && <small>{why}</small>}
      </td>
      <td class="num">{rule.open || '–'}</td>
      <td class="num">{rule.day || '–'}</td>
      <td class="num">{rule.version}</td>
    </tr>
  )
}
