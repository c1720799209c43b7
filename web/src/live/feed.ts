/** Keeps fleet, alerts and status equal to the server's while somebody is signed in. */
import { signal } from '@preact/signals'
import { BASE, get } from '../api'
import { forgetAll, put, replaceAll, alerts } from '../alerts/store'
import { serverNow } from '../clock'
import { lost } from '../session'
import type { Alert, Frame, Monitoring, Status } from '../types'
import { loadVessels } from '../vessels'
import { connect, type Line } from './connection'
import { decode } from './decode'
import { Fleet } from './fleet'

export const fleet = new Fleet()
export const line = signal<Line>('connecting')
/** When the server was last heard, for "the picture is from …". */
export const lastHeard = signal(0)
export const monitoring = signal<Monitoring | null>(null)
export const demo = signal(false)
/** The alert that moved last: an open drawer rereads its history. */
export const moved = signal<{ alert: number; seq: number } | null>(null)

const FROM_NOW = -1
const STATUS_MS = 15_000
const REREAD_MS = 120_000 // a net under the stream: names change, clients sleep
const RETRY_MS = 3000

let eventSeq = FROM_NOW
let following = false

function take(frame: Frame): void {
  switch (frame.type) {
    case 'hello':
      if (eventSeq !== FROM_NOW) return
      // Nothing is known of what came before: from here by the stream, until here by the list.
      eventSeq = frame.event_seq
      return untilDone(reread)
    case 'ping':
      // Everything up to here was sent, or was not ours to see.
      if (frame.event_seq !== undefined) eventSeq = Math.max(eventSeq, frame.event_seq)
      return
    case 'status':
      monitoring.value = frame.monitoring
      return
    case 'reset':
      fleet.clear()
      return untilDone(reread)
    case 'alert':
    case 'order':
      eventSeq = Math.max(eventSeq, frame.seq)
      if (!frame.alert) return
      put(frame.alert)
      moved.value = { alert: frame.alert.id, seq: frame.seq }
  }
}

export async function reread(): Promise<void> {
  const before = alerts.value
  const list: Alert[] = []
  let cursor: string | null = null
  do {
    const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
    const page: { alerts: Alert[]; next: string | null } = await get(`/alerts?status=open&limit=500${more}`)
    list.push(...page.alerts)
    cursor = page.next
  } while (cursor)
  replaceAll(list, before)
}

export async function readStatus(): Promise<void> {
  const status = await get<Status>('/status')
  monitoring.value = status.monitoring
  demo.value = status.demo
}

/** Tries again until it works or nobody follows any more. */
function untilDone(job: () => Promise<void>): void {
  job().catch(() => setTimeout(() => { if (following) untilDone(job) }, RETRY_MS))
}

/** Starts everything that follows the server; the answer stops it and forgets. */
export function follow(): () => void {
  following = true
  const stop = connect(BASE, {
    cursor: () => ({ fleet_since: fleet.tick, event_since: eventSeq }),
    binary: (buffer) => {
      lastHeard.value = serverNow()
      fleet.apply(decode(buffer), Date.now())
    },
    text: (frame) => {
      lastHeard.value = serverNow()
      take(frame)
    },
    line: (state) => {
      line.value = state
    },
    signedOut: lost,
  })
  untilDone(reread)
  untilDone(readStatus)
  untilDone(loadVessels)
  const timers = [
    setInterval(() => void readStatus().catch(() => {}), STATUS_MS),
    setInterval(() => void Promise.all([reread(), loadVessels()]).catch(() => {}), REREAD_MS),
  ]
  return () => {
    following = false
    stop()
    timers.forEach(clearInterval)
    fleet.clear()
    forgetAll()
    eventSeq = FROM_NOW
    monitoring.value = null
  }
}
