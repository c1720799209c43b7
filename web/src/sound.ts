/** Alarm sounds, made by the browser itself; silent until somebody has armed them with a click.
 *
 * Red: two tones until acknowledged. Orange, and orders offered to me: three beeps each 30 s.
 * Yellow: one chime each minute. Blue: nothing. Silence lasts 30 s and no longer.
 */
import { effect, signal } from '@preact/signals'
import { mine, unassigned, urgent } from './alerts/store'
import { account } from './session'
import type { Alert } from './types'

type Tone = [hertz: number, start: number, length: number]
type Alarm = 'red' | 'orange' | 'yellow'

const SOUNDS: Record<Alarm | 'test', Tone[]> = {
  red: [[960, 0, 0.28], [720, 0.3, 0.28], [960, 0.6, 0.28], [720, 0.9, 0.28]],
  orange: [[880, 0, 0.16], [880, 0.26, 0.16], [880, 0.52, 0.16]],
  yellow: [[660, 0, 0.5]],
  test: [[660, 0, 0.14], [880, 0.18, 0.2]],
}
const EVERY_MS: Record<Alarm, number> = { red: 2000, orange: 30_000, yellow: 60_000 }
const SILENCE_MS = 30_000

export const armed = signal(false)
export const silencedUntil = signal(0)

let audio: AudioContext | null = null

function play(name: Alarm | 'test'): void {
  if (!audio) return
  const from = audio.currentTime + 0.02
  for (const [hertz, start, length] of SOUNDS[name]) {
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.type = name === 'red' ? 'square' : 'sine'
    tone.frequency.value = hertz
    volume.gain.setValueAtTime(0, from + start)
    volume.gain.linearRampToValueAtTime(name === 'red' ? 0.12 : 0.25, from + start + 0.015)
    volume.gain.setValueAtTime(name === 'red' ? 0.12 : 0.25, from + start + length - 0.04)
    volume.gain.linearRampToValueAtTime(0, from + start + length)
    tone.connect(volume).connect(audio.destination)
    tone.start(from + start)
    tone.stop(from + start + length)
  }
}

/** Browsers let a page sound only after a click on it: this is that click, with a tone to hear. */
export async function arm(): Promise<void> {
  audio ??= new AudioContext()
  await audio.resume()
  armed.value = audio.state === 'running'
  play('test')
}

export function disarm(): void {
  armed.value = false
}

export const silence = (): void => void (silencedUntil.value = Date.now() + SILENCE_MS)

/** The alarm that the present situation calls for. */
export function wanted(): Alarm | null {
  const role = account.value?.role
  if (role === 'member') return forMember(mine.value.filter((a) => a.order?.status === 'offered'))
  if (role !== 'commander') return null
  const worst = Math.max(0, ...urgent.value.map((a) => a.severity))
  if (worst === 4) return 'red'
  if (worst === 3 || unassigned.value.length > 0) return 'orange'
  return worst === 2 ? 'yellow' : null
}

/** A member is called by name: an offer is never just a chime. */
function forMember(offers: Alert[]): Alarm | null {
  if (offers.some((a) => a.severity === 4)) return 'red'
  return offers.length ? 'orange' : null
}

/** Sounds at once when something new comes, then again at its level's pace. */
export function startSound(): () => void {
  let known = new Set<number>()
  let last: Record<Alarm, number> = { red: 0, orange: 0, yellow: 0 }
  const ring = () => {
    const alarm = armed.value && Date.now() > silencedUntil.value ? wanted() : null
    if (!alarm || Date.now() - last[alarm] < EVERY_MS[alarm]) return
    last = { ...last, [alarm]: Date.now() }
    play(alarm)
  }
  const timer = setInterval(ring, 500)
  const stop = effect(() => {
    const calling = new Set([...urgent.value, ...unassigned.value, ...mine.value].map((a) => a.id))
    if ([...calling].some((id) => !known.has(id))) last = { red: last.red, orange: 0, yellow: 0 }
    known = calling
  })
  return () => {
    clearInterval(timer)
    stop()
  }
}
