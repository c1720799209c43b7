/** What happened, newest first: who did what, and why. */
import { either, language, t, term } from '../i18n'
import { zh } from '../i18n/zh'
import { timeOf } from '../clock'
import type { HistoryEvent } from '../types'
import { When } from './bits'

export function History({ events }: { events: HistoryEvent[] | null }) {
  if (!events) return <p class="drawer-note">{t('alerts_loading')}</p>
  if (!events.length) return <p class="drawer-note">{t('d_history_none')}</p>
  const newest = folded([...events].sort((a, b) => b.seq - a.seq))
  return (
    <ol class="history">
      {newest.map(({ event: e, times }) => (
        <li key={e.seq} class={e.actor ? 'by-person' : ''}>
          <When at={e.at} />
          <div><b>{title(e)}</b>{times > 1 && <span class="tag times">×{times}</span>}<span class="by">{e.actor?.name ?? t('h_by_service')}</span><p>{said(e)}</p></div>
        </li>
      ))}
    </ol>
  )
}

/** What the service says again and again is one line that counts. */
function folded(events: HistoryEvent[]): { event: HistoryEvent; times: number }[] {
  const lines: { event: HistoryEvent; times: number }[] = []
  for (const event of events) {
    const last = lines[lines.length - 1]
    if (last && event.act === 'repeat' && last.event.act === 'repeat') last.times++
    else lines.push({ event, times: 1 })
  }
  return lines
}

/** What was done and, where somebody was asked or told, whom. */
function title({ act, detail }: HistoryEvent): string {
  const what = term('h', act)
  const to = detail.to as { name?: unknown } | null | undefined
  const name = to && typeof to === 'object' ? text(to.name) : ''
  return name ? t(act === 'escalate' ? 'h_to_up' : 'h_to', { act: what, name }) : what
}

/** The service's reasons come with both languages or as a code; a person's as written. */
function said({ actor, reason, detail }: HistoryEvent): string {
  void language.value
  const sentence = byHand(reason) || either(text(detail.zh), text(detail.en))
  const step = text(detail.step) && term('step', text(detail.step))
  const outcome = text(detail.outcome) && term('outcome', text(detail.outcome))
  const deadline = typeof detail.accept_by === 'string' ? `${t('d_accept_by')} ${timeOf(Date.parse(detail.accept_by))}` : ''
  const note = outcome ? text(detail.note) : sentence || step && reason === text(detail.note) ? '' : spoken(reason, actor !== null)
  const names = Array.isArray(detail.told_names) ? detail.told_names.map(text).filter(Boolean) : []
  const told = names.length ? t('h_told', { names: names.join(t('comma')) }) : ''
  return [step, outcome, sentence, note || (step ? reason : ''), told, deadline].filter(Boolean).join(' · ')
}

/** Named by a person: its basis says the same once more, and is left out. */
export const byHand = (reason: string): string => (reason.split(' ')[0] === 'by_hand' ? term('why', 'by_hand') : '')

const CODE = /^[a-z]+(_[a-z0-9]+)*( [a-z_]+=\S*)*$/

/** A code in words; one that is not known says nothing, but a person's own words always stand. */
export function spoken(reason: string, byPerson: boolean): string {
  const [code] = reason.split(' ')
  const key = `why_${code}`
  return key in zh ? term('why', code) : `outcome_${code}` in zh ? term('outcome', code) : byPerson || !CODE.test(reason) ? reason : ''
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
