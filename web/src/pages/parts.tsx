/** What the pages are made of: a frame, a list with details beside it, numbers, bars. */
import type { ComponentChildren } from 'preact'
import { t } from '../i18n'
import { open, phone } from '../screen'
import { account } from '../session'
import { IconButton } from '../ui/bits'
import type { Loaded } from './load'
import { w, type Word } from './words'

/** Who sees the whole port: the numbers of others are of their own boats alone. */
export const seesAll = (): boolean => account.value?.role === 'commander' || account.value?.role === 'admin'

/** Who may change what the pages show; the server decides, this only hides vain buttons. */
export const commands = (): boolean => account.value?.role === 'commander'

interface FrameProps { title: string; aside?: ComponentChildren; /** On a phone: from the details to the list. */ onBack?: () => void; children: ComponentChildren }

export function Frame({ title, aside, onBack, children }: FrameProps) {
  return (
    <section class="page" aria-label={title}>
      <header class="page-head">
        {phone.value && <IconButton icon="back" label={t('d_close')} onClick={onBack ?? (() => open('watch'))} />}
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

/** A list, and what is chosen of it beside it; on a phone in its place. */
export function Split({ list, detail, wide = false }: { list: ComponentChildren; detail: ComponentChildren | null; wide?: boolean }) {
  const instead = phone.value && detail
  return (
    <div class={wide ? 'split wide-detail' : 'split'} key={instead ? 'detail' : 'list'}>
      {!instead && <div class="split-list">{list}</div>}
      {detail && <div class="split-detail">{detail}</div>}
    </div>
  )
}

/** The first reading, its failure, or what came. A later failure is said above what was there. */
export function Reading<T>({ of: found, children }: { of: Loaded<T>; children: (value: T) => ComponentChildren }) {
  return (
    <>
      {found.error && <p class="form-error page-error" role="alert">{t('error_load', { why: found.error })} <button type="button" onClick={() => void found.reload()}>{t('error_retry')}</button></p>}
      {found.value !== null ? children(found.value) : !found.error && <p class="nothing" role="status">{t('alerts_loading')}</p>}
    </>
  )
}

export function Nothing({ word }: { word: Word }) {
  return <p class="nothing">{w(word)}</p>
}

export interface Figure { label: string; value: string | number; tone?: 'good' | 'warn' | 'bad'; note?: string }

/** The few numbers that matter, large enough to be read across a room. */
export function Figures({ of: list }: { of: Figure[] }) {
  return (
    <dl class="big-figures">
      {list.map((f) => <div key={f.label} class={f.tone ?? ''}><dt>{f.label}</dt><dd>{f.value}{f.note && <small>{f.note}</small>}</dd></div>)}
    </dl>
  )
}

export interface Segment { key: string; label: string; n: number }

/** Shares of a whole, each with its colour, its pattern and its word; touching one shows only those. */
export function Shares({ of: list, chosen, onChoose, label }: { of: Segment[]; chosen: string; onChoose: (key: string) => void; label: string }) {
  return (
    <div class="shares" role="group" aria-label={label}>
      <div class="shares-bar" aria-hidden="true">
        {list.filter((x) => x.n > 0).map((x) => <i key={x.key} class={`share-${x.key} ${chosen && chosen !== x.key ? 'faint' : ''}`} style={{ flexGrow: x.n }} />)}
      </div>
      <div class="shares-keys">
        {list.map((s) => (
          <button type="button" key={s.key} data-share={s.key} aria-pressed={chosen === s.key} onClick={() => onChoose(chosen === s.key ? '' : s.key)}>
            <i class={`share-${s.key}`} />
            {s.label}<b>{s.n}</b>
          </button>
        ))}
      </div>
    </div>
  )
}

/** How full; the part over the limit is said in words beside it. */
export function Meter({ value, most, warn, label }: { value: number; most: number; warn: boolean; label: string }) {
  const share = Math.min(1, most > 0 ? value / most : 0)
  return (
    <span class={warn ? 'meter over' : 'meter'} role="meter" aria-valuemin={0} aria-valuemax={most} aria-valuenow={value} aria-label={label}>
      <i style={{ width: `${share * 100}%` }} />
    </span>
  )
}

export const percent = (part: number, whole: number): string => (whole > 0 ? `${Math.round((100 * part) / whole)} %` : '–')
