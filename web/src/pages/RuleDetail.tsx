/** One alert kind: what it watches, its numbers, who set them, and what they would have raised. */
import { useSignal } from '@preact/signals'
import { either } from '../i18n'
import { Icon } from '../ui/bits'
import { open } from '../screen'
import { Overrides } from './Overrides'
import { ParameterForm } from './ParameterForm'
import { Parameters } from './Parameters'
import { commands } from './parts'
import { standOf, StandMark } from './RulesPage'
import type { Rule } from './types'
import { Versions } from './Versions'
import { w } from './words'

const TABS = ['numbers', 'versions'] as const

export function RuleDetail({ rule, onChanged }: { rule: Rule; onChanged: () => Promise<void> }) {
  const tab = useSignal<(typeof TABS)[number]>('numbers')
  const editing = useSignal(false)
  const done = async () => {
    editing.value = false
    await onChanged()
  }
  return (
    <article class="detail">
      <header>
        <h3>{either(rule.title_zh, rule.title_en)}</h3><code>{rule.kind}</code><StandMark stand={standOf(rule)} />
      </header>
      <p class="about">{either(rule.about_zh, rule.about_en)}</p>
      {rule.data.state !== 'evaluated' && <Lacking rule={rule} />}
      <div class="tabbar" role="tablist">
        {TABS.map((name) => <button type="button" role="tab" key={name} aria-selected={tab.value === name} onClick={() => { tab.value = name }}>{w(`tab_${name}`)}</button>)}
      </div>
      {tab.value === 'versions' && <Versions kind={rule.kind} now={rule.version} onChanged={done} />}
      {tab.value === 'numbers' && (editing.value
        ? <ParameterForm rule={rule} onDone={done} onCancel={() => { editing.value = false }} />
        : <Shown rule={rule} onEdit={() => { editing.value = true }} />)}
    </article>
  )
}

function Lacking({ rule }: { rule: Rule }) {
  return (
    <p class="lacking"><Icon name="warn" /><span>{either(rule.data.why_zh, rule.data.why_en)}</span>
      {commands() && <button type="button" onClick={() => open('facts')}>{w('rules_enter_facts')}</button>}</p>
  )
}

function Shown({ rule, onEdit }: { rule: Rule; onEdit: () => void }) {
  return (
    <>
      <Parameters params={rule.params} />
      <Overrides scopes={rule.scopes} />
      <p class="source"><span>{w('source')}</span>{rule.source || w('source_none')}</p>
      {commands() && <div class="form-buttons"><button type="button" class="primary" data-edit onClick={onEdit}>{w('edit_numbers')}</button></div>}
    </>
  )
}
