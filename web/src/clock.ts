/** What time it is: ticking each second, corrected to the server's clock; shown in Beijing time. */
import { signal } from '@preact/signals'

export const ZONE = 'Asia/Shanghai'
const TOLERATED_MS = 2000 // the Date header has whole seconds

let offset = 0

/** Server's milliseconds now, as far as known. */
export const serverNow = (): number => Date.now() + offset

/** Ticks once a second; whatever shows an age or a deadline reads this. */
export const now = signal(serverNow())

export function noteServerTime(date: string | null): void {
  const at = Date.parse(date ?? '')
  if (Number.isNaN(at)) return
  const error = at + 500 - Date.now()
  offset = Math.abs(error) > TOLERATED_MS ? error : 0
}

export const startClock = (): ReturnType<typeof setInterval> =>
  setInterval(() => { now.value = serverNow() }, 1000)

const part = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, hourCycle: 'h23', ...options })

const TIME = part({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const SHORT = part({ hour: '2-digit', minute: '2-digit' })
const DATE = part({ year: 'numeric', month: '2-digit', day: '2-digit' })
const DAY = part({ month: '2-digit', day: '2-digit' })

export const timeOf = (ms: number): string => TIME.format(ms)
export const dateOf = (ms: number): string => DATE.format(ms).split('/').join('-')

/** 14:05 today, 11-22 14:05 on another day. */
export function shortTime(ms: number, today: number = now.value): string {
  const day = DAY.format(ms).split('/').join('-')
  return day === DAY.format(today).split('/').join('-') ? SHORT.format(ms) : `${day} ${SHORT.format(ms)}`
}
