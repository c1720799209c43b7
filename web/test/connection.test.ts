import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect, SILENCE_MS, type Line } from '../src/live/connection'

class Socket {
  static all: Socket[] = []
  sent: string[] = []
  onopen: (() => void) | null = null
  onmessage: ((e: { data: unknown }) => void) | null = null
  onclose: ((e: { code: number }) => void) | null = null
  constructor(readonly url: URL) {
    Socket.all.push(this)
  }
  send = (text: string) => void this.sent.push(text)
  close = () => {}
}

const last = () => Socket.all[Socket.all.length - 1]
let lines: Line[] = []
let texts: unknown[] = []
let signedOut = 0
let stop: () => void
let answers: (path: string) => Response

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  Socket.all = []
  lines = []
  texts = []
  signedOut = 0
  answers = () => new Response(null, { status: 503 })
  vi.stubGlobal('WebSocket', Socket)
  vi.stubGlobal('document', Object.assign(new EventTarget(), { baseURI: 'https://port.test/', visibilityState: 'visible' }))
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
  vi.stubGlobal('fetch', (path: string) => Promise.resolve(answers(path)))
  stop = connect('api/v1', {
    cursor: () => ({ fleet_since: 7, event_since: 42 }),
    binary: () => {},
    text: (frame) => texts.push(frame),
    line: (state) => lines.push(state),
    signedOut: () => void signedOut++,
  })
})

afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const fail = async () => {
  last().onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(2500)
}

describe('the line to the server', () => {
  it('goes on from the last event it took in', () => {
    expect(last().url.href).toBe('wss://port.test/api/v1/live')
    last().onopen?.()
    expect(JSON.parse(last().sent[0])).toEqual({ hello: { fleet_since: 7, event_since: 42 } })
  })

  it('is live once something is heard', () => {
    last().onmessage?.({ data: '{"type":"ping"}' })
    expect(lines).toEqual(['connecting', 'live'])
    expect(texts).toEqual([{ type: 'ping' }])
  })

  it('replaces a socket that has gone silent', async () => {
    last().onmessage?.({ data: '{"type":"ping"}' })
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 2500)
    expect(Socket.all.length).toBe(2)
    expect(lines).toContain('connecting')
  })

  it('polls the same frames after three failures, and leaves off when a socket speaks', async () => {
    answers = (path) => (path.includes('events')
      ? Response.json({ event_seq: 50, reset: false, frames: [{ type: 'alert', seq: 43 }] })
      : new Response(new ArrayBuffer(16)))
    await fail()
    await fail()
    expect(texts).toEqual([])
    await fail()
    expect(lines[lines.length - 1]).toBe('polling')
    expect(texts.slice(0, 2)).toEqual([{ type: 'alert', seq: 43 }, { type: 'ping', event_seq: 50 }])
    const sockets = Socket.all.length
    await vi.advanceTimersByTimeAsync(18_000)
    expect(Socket.all.length).toBe(sockets + 1)
    last().onmessage?.({ data: '{"type":"ping"}' })
    const polled = texts.length
    await vi.advanceTimersByTimeAsync(10_000)
    expect(texts.length).toBe(polled)
  })

  it('says so when nothing answers', async () => {
    await fail()
    await fail()
    await fail()
    expect(lines[lines.length - 1]).toBe('down')
  })

  it('stops when the session has ended', async () => {
    answers = () => new Response(null, { status: 401 })
    last().onclose?.({ code: 4401 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect([signedOut, Socket.all.length]).toEqual([1, 1])
  })
})
