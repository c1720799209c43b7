/** Small things used everywhere: level glyphs, ages, countdowns, icons. */
import type { ComponentChildren, JSX } from 'preact'
import { now, shortTime, timeOf } from '../clock'
import { ago, countdown, t, term } from '../i18n'
import { LEVELS, outline } from '../severity'
import type { Alert, Severity } from '../types'

/** The level's shape, filled with its colour inside a black casing. */
export function Glyph({ severity, size = 20, flash = false }: { severity: Severity; size?: number; flash?: boolean }) {
  const { shape, name } = LEVELS[severity]
  const corners = outline(shape, 7.4)
  const common = { class: `glyph-${name}`, stroke: '#000', 'stroke-width': 1.8, 'stroke-linejoin': 'round' as const }
  return (
    <svg class={flash ? 'glyph flash' : 'glyph'} width={size} height={size} viewBox="-11 -11 22 22" role="img" aria-label={t(`sev_${severity}`)}>
      {corners ? <polygon points={corners.map((p) => p.join()).join(' ')} {...common} /> : <circle r="8" {...common} />}
    </svg>
  )
}

/** 红 特急, as words on the level's colour. */
export function LevelTag({ severity }: { severity: Severity }) {
  return (
    <span class={`level level-${LEVELS[severity].name}`}>
      {t(`sev_${severity}`)}<span class="level-word">{t(`sev_${severity}_word`)}</span>
    </span>
  )
}

export function Age({ at }: { at: string | number }) {
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return <time title={timeOf(ms)}>{ago(now.value - ms)}</time>
}

export function When({ at }: { at: string }) {
  return <time dateTime={at} title={timeOf(Date.parse(at))}>{shortTime(Date.parse(at))}</time>
}

const HURRY_MS = 60_000

/** A deadline counting down, then counting how late it is. */
export function Deadline({ at, bare = false }: { at: string; bare?: boolean }) {
  const left = Date.parse(at) - now.value
  const state = left < 0 ? 'over' : left < HURRY_MS ? 'hurry' : 'fine'
  const time = countdown(left)
  return (
    <span class={`deadline ${state}`}>
      <Icon name="clock" />
      {bare && left >= 0 ? time : t(left < 0 ? 'd_over' : 'd_left', { time })}
    </span>
  )
}

/** The danger has passed: no longer to be taken for one that goes on. */
export function OverTag({ alert: a }: { alert: Alert }) {
  return a.status === 'cleared' ? <span class="tag tag-over">{t(a.acknowledged ? 'tag_over_known' : 'tag_over')}</span> : null
}

export function OrderTag({ status }: { status: string }) {
  return <span class={`tag order-${status}`}>{term('order', status)}</span>
}

const PATHS = {
  clock: 'M8 4.5V8l2.4 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  close: 'M3.5 3.5l9 9m0-9l-9 9',
  locate: 'M8 1v3m0 8v3M1 8h3m8 0h3M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
  follow: 'M8 2.5l4.5 11L8 10.8 3.5 13.5Z',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1.3 1.5H2.7ZM6.7 14.3h2.6',
  bell_off: 'M4 11V7c0-.9.3-1.7.8-2.4M6.5 3.3A4 4 0 0 1 12 7v2.4M2.7 12.5h9.6M6.7 14.3h2.6M2 2l12 12',
  sun: 'M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
  dusk: 'M1 12.5h14M4 10a4 4 0 0 1 8 0M8 2v1.6M2.6 5 3.8 6M13.4 5 12.2 6',
  moon: 'M13 9.6A5.6 5.6 0 1 1 6.4 3a4.6 4.6 0 0 0 6.6 6.6Z',
  layers: 'M8 2 14.5 5.5 8 9 1.5 5.5ZM2 8.5l6 3.2 6-3.2M2 11.2l6 3.2 6-3.2',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  home: 'M2.5 7.5 8 3l5.5 4.5V13h-11ZM6.5 13V9.5h3V13',
  user: 'M10.8 5.2a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0ZM2.8 14c.4-3 2.4-4.4 5.2-4.4s4.8 1.4 5.2 4.4',
  phone: 'M4 2h2l1 3-1.4 1.2a8 8 0 0 0 4.2 4.2L11 9l3 1v2a2 2 0 0 1-2.2 2A11 11 0 0 1 2 4.2 2 2 0 0 1 4 2Z',
  search: 'M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm-.8 3.2L14 14',
  check: 'M3 8.5 6.5 12 13 4.5',
  list: 'M5.5 4h8m-8 4h8m-8 4h8M2.5 4h.1m-.1 4h.1m-.1 4h.1',
  map: 'M1.5 4 6 2.2l4 1.8 4.5-1.8v9.8L10 13.8 6 12l-4.5 1.8ZM6 2.2V12m4-8v9.8',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Zm8.3 0a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0Z',
  help: 'M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4m0 2.2v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  back: 'M10 3 5 8l5 5',
  half: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM8 2v12M8 5h3.5M8 8h5.5M8 11h3.5',
  shelter: 'M8 1.8v9.4M5.2 4.6h5.6M8 1.8a1.4 1.4 0 1 0 0 .1M2.5 9c.4 3.2 2.6 5 5.5 5s5.1-1.8 5.5-5M1.4 10.6 2.5 9l1.7 1.1M14.6 10.6 13.5 9l-1.7 1.1',
  port: 'M2 13.5h12M3.5 13.5V6h5v7.5M8.5 8.5h4v5M5.3 8.3h1.4m-1.4 2.6h1.4M5.5 6V3h1v3',
  rules: 'M3 4h6.5M12.5 4h.5M3 8h2M8 8h5M3 12h5.5M11.5 12H13M11 5.5v-3M6.5 9.5v-3M10 13.5v-3',
  papers: 'M4 1.8h5.5L12.5 5v9.2H4ZM9.3 1.8v3.4h3.2M6 8h4.5M6 10.8h4.5',
  who: 'M9.5 5.2a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0ZM2.2 13.6c.3-2.7 2.2-4 4.9-4 .7 0 1.3.1 1.9.3M11.3 10.2a1.5 1.5 0 1 1 2.2 1.4c-.5.3-.7.6-.7 1.2m0 1.6v.1',
  load: 'M2 13.5h12M4 13.5V9m4 4.5V3m4 10.5V6.5',
  down: 'M8 2.5v8m-3.2-3L8 10.7l3.2-3.2M2.5 13.5h11',
  up: 'M8 10.5v-8m-3.2 3L8 2.3l3.2 3.2M2.5 13.5h11',
  warn: 'M8 2 15 14H1ZM8 6.5v3.5m0 2v.1',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

type ButtonProps = JSX.ButtonHTMLAttributes<HTMLButtonElement>

/** A button that shows only an icon still says what it does. */
export function IconButton({ icon, label, ...rest }: { icon: IconName; label: string } & Omit<ButtonProps, 'icon' | 'label'>) {
  return (
    <button type="button" {...rest} class={`icon-button ${rest.class ?? ''}`} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  )
}

export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return children === null || children === undefined || children === '' ? null : <><dt>{name}</dt><dd>{children}</dd></>
}

/** A telephone call, one touch away. */
export function Call({ name, phone }: { name: string; phone: string }) {
  return <a class="call wide" href={`tel:${phone.replace(/[^+\d]/g, '')}`}><Icon name="phone" />{t('d_call', { name })} {phone}</a>
}

/** The service's mark: a lamp over a grid of waves. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <g class="mark-lines" fill="none" stroke-linecap="round" stroke-width="2.1">
        <path d="M6 20c2.5-2.4 4.5-2.4 6.7 0s4.4 2.4 6.6 0 4.2-2.4 6.7 0" />
        <path d="M6 25c2.5-2.4 4.5-2.4 6.7 0s4.4 2.4 6.6 0 4.2-2.4 6.7 0" opacity=".55" />
        <path d="M16 15.5V11" />
        <circle cx="16" cy="8" r="2" />
      </g>
    </svg>
  )
}
