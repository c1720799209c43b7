/** The line to the server: a WebSocket, and polling of the same bytes when no socket will open.
 *
 * Nothing is lost: each (re)connection asks from the last event sequence and fleet tick that were
 * taken in. A socket that has been silent for longer than two pings is dead and is replaced.
 */
import type { Frame } from '../types'
import { delayMs } from './backoff'

export type Line = 'connecting' | 'live' | 'polling' | 'down'

export interface Hooks {
  /** From where to go on. */
  cursor(): { fleet_since: number; event_since: number }
  binary(buffer: ArrayBuffer): void
  text(frame: Frame): void
  line(state: Line): void
  /** The session has ended; nothing more will be tried. */
  signedOut(): void
}

interface Events {
  event_seq: number
  frames: Frame[]
  reset: boolean
}

export const SILENCE_MS = 11_000 // the server pings each 5 s
const FAILURES_BEFORE_POLLING = 3
const POLL_MS = 2000
const RETRY_SOCKET_MS = 20_000
const SIGNED_OUT = 4401

export function connect(base: string, hooks: Hooks): () => void {
  let socket: WebSocket | null = null
  let stopped = false
  let failures = 0
  let heard = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let poller: ReturnType<typeof setTimeout> | undefined

  function open() {
    if (stopped || socket) return
    clearTimeout(retry)
    const address = new URL(`${base}/live`, document.baseURI)
    address.protocol = address.protocol.replace('http', 'ws')
    const mine = (socket = new WebSocket(address))
    mine.binaryType = 'arraybuffer'
    heard = performance.now()
    mine.onopen = () => mine.send(JSON.stringify({ hello: hooks.cursor() }))
    mine.onmessage = ({ data }) => mine === socket && take(data)
    mine.onclose = ({ code }) => mine === socket && lost(code)
  }

  function take(data: ArrayBuffer | string) {
    heard = performance.now()
    try {
      if (typeof data === 'string') hooks.text(JSON.parse(data) as Frame)
      else hooks.binary(data)
      failures = 0
      stopPolling()
      hooks.line('live')
    } catch (error) {
      // A frame that cannot be read must not pass for a live picture.
      console.error(error)
      lost(0)
    }
  }

  function lost(code: number) {
    drop()
    if (code === SIGNED_OUT || failures === 0) void stillSignedIn()
    failures += 1
    const polling = failures >= FAILURES_BEFORE_POLLING
    if (polling) startPolling()
    else hooks.line('connecting')
    retry = setTimeout(open, polling ? RETRY_SOCKET_MS * (0.75 + Math.random() / 2) : delayMs(failures, Math.random()))
  }

  function drop() {
    const old = socket
    socket = null
    if (old) {
      old.onmessage = old.onclose = old.onopen = null
      old.close()
    }
  }

  async function stillSignedIn() {
    const answer = await fetch(`${base}/session`).catch(() => null)
    if (answer?.status === 401) end()
  }

  function end() {
    stop()
    hooks.signedOut()
  }

  function startPolling() {
    if (poller === undefined) void poll()
  }

  function stopPolling() {
    clearTimeout(poller)
    poller = undefined
  }

  async function poll() {
    const tick = (poller = setTimeout(() => {}, 0))
    try {
      const { fleet_since, event_since } = hooks.cursor()
      const [fleet, events] = await Promise.all([
        fetch(`${base}/live/fleet?since=${fleet_since}`),
        fetch(`${base}/live/events?since=${event_since}`),
      ])
      if (stopped || poller !== tick) return
      if (fleet.status === 401 || events.status === 401) return end()
      if (!fleet.ok || !events.ok) throw new Error(`HTTP ${fleet.status}, ${events.status}`)
      hooks.binary(await fleet.arrayBuffer())
      const { frames, reset, event_seq } = (await events.json()) as Events
      if (reset) hooks.text({ type: 'reset' })
      for (const frame of frames) hooks.text(frame)
      hooks.text({ type: 'ping', event_seq })
      hooks.line('polling')
    } catch {
      hooks.line('down')
    }
    if (!stopped && poller === tick) poller = setTimeout(() => void poll(), POLL_MS)
  }

  /** Looked at each second instead of one long timer: a sleeping tab's timers are late. */
  const watchdog = setInterval(() => {
    if (socket && performance.now() - heard > SILENCE_MS) lost(0)
  }, 1000)

  function again() {
    if (document.visibilityState === 'hidden' || socket) return
    open()
  }
  addEventListener('online', again)
  document.addEventListener('visibilitychange', again)

  function stop() {
    stopped = true
    drop()
    stopPolling()
    clearTimeout(retry)
    clearInterval(watchdog)
    removeEventListener('online', again)
    document.removeEventListener('visibilitychange', again)
  }

  hooks.line('connecting')
  open()
  return stop
}
