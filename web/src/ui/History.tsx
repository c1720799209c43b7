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
          <div><b>{term('h', e.act)}</b>{times > 1 && <span class="tag times">×{times}</span>}<span class="by">{e.actor?.name ?? t('h_by_service')}</span><p>{said(e)}</p></div>
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

/** The service's reasons come with both languages or as a code; a person's as written. */
function said({ reason, detail }: HistoryEvent): string {
  void language.value
  const sentence = either(text(detail.zh), text(detail.en))
  const step = text(detail.step) && term('step', text(detail.step))
  const outcome = text(detail.outcome) && term('outcome', text(detail.outcome))
  const deadline = typeof detail.accept_by === 'string' ? `${t('d_accept_by')} ${timeOf(Date.parse(detail.accept_by))}` : ''
  const note = outcome ? text(detail.note) : sentence || step && reason === text(detail.note) ? '' : spoken(reason)
  return [step, outcome, sentence, note || (step ? reason : ''), deadline].filter(Boolean).join(' · ')
}

export function spoken(reason: string): string {
  const [code] = reason.split(' ')
  const key = `why_${code}`
  return key in zh ? term('why', code) : `outcome_${code}` in zh ? term('outcome', code) : reason
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
