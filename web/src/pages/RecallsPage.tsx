/** Recall orders 防台召回 with their roll call 点名: who is safe, who is coming, who does not comply. */
import { signal } from '@preact/signals'
import { Icon, When } from '../ui/bits'
import { useLoaded } from './load'
import { commands, Frame, Nothing, Reading, Split } from './parts'
import { RecallForm } from './RecallForm'
import { RollCallPanel } from './RollCallPanel'
import type { Recall } from './types'
import { w, wTerm } from './words'

const EVERY_MS = 60_000
/** Chosen: to look at none, only at the list. */
const NONE = -1
const chosen = signal<number | null>(null)
const ordering = signal(false)

export function RecallsPage() {
  const recalls = useLoaded<{ recalls: Recall[] }>('/recalls', EVERY_MS)
  const list = recalls.value?.recalls ?? []
  // Nothing was chosen: what is in force is what everybody wants to see.
  const recall = list.find((r) => r.id === chosen.value) ?? list.find((r) => !r.ended)
  const ordered = async (made: Recall) => {
    ordering.value = false
    chosen.value = made.id
    await recalls.reload()
  }
  const calling = recall && chosen.value !== NONE
  const back = () => {
    if (!ordering.value) chosen.value = NONE
    ordering.value = false
  }
  return (
    <Frame title={w('recalls_title')} onBack={ordering.value || calling ? back : undefined} aside={commands() && !ordering.value && <button type="button" class="primary" data-order onClick={() => { ordering.value = true }}><Icon name="plus" />{w('recall_new')}</button>}>
      <Reading of={recalls}>
        {() => <Split wide list={<RecallList list={list} shown={calling ? recall.id : undefined} />}
          detail={ordering.value ? <RecallForm taken={list.map((r) => r.order)} onDone={ordered} onCancel={() => { ordering.value = false }} />
            : calling ? <RollCallPanel key={recall.id} recall={recall} onChanged={recalls.reload} /> : null} />}
      </Reading>
    </Frame>
  )
}

function RecallList({ list, shown }: { list: Recall[]; shown?: number }) {
  if (!list.length) return <Nothing word="recalls_none" />
  return (
    <ul class="cards">
      {list.map((r) => (
        <li key={r.id}>
          <button type="button" class={r.ended ? 'card over' : 'card'} data-recall={r.id} aria-pressed={r.id === shown} onClick={() => { chosen.value = r.id; ordering.value = false }}>
            <b>{r.title || r.order}</b>
            <span><span class={r.ended ? 'tag' : 'tag warn'}>{w(r.ended ? 'recall_ended' : 'recall_in_force')}</span> {wTerm('action', r.action)}</span>
            <small>{r.order} · {w('deadline')} <When at={r.deadline} />{r.ended && <> · {w('recall_ended')} <When at={r.ended} /></>}</small>
          </button>
        </li>
      ))}
    </ul>
  )
}
