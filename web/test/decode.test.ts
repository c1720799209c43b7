import { describe, expect, it } from 'vitest'
import { decode, DELTA, each, SNAPSHOT } from '../src/live/decode'
import { Fleet } from '../src/live/fleet'

type Record = [vessel: number, lon: number, lat: number, cog: number, sog: number, age: number, kind: number, flags: number]

/** What the server packs: `<IQI` and then `<IiiHHHBB` for each vessel. */
function frame(magic: number, tick: number, records: Record[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(16 + 20 * records.length))
  view.setUint32(0, magic, true)
  view.setBigUint64(4, BigInt(tick), true)
  view.setUint32(12, records.length, true)
  records.forEach(([vessel, lon, lat, cog, sog, age, kind, flags], i) => {
    const at = 16 + 20 * i
    view.setUint32(at, vessel, true)
    view.setInt32(at + 4, lon, true)
    view.setInt32(at + 8, lat, true)
    view.setUint16(at + 12, cog, true)
    view.setUint16(at + 14, sog, true)
    view.setUint16(at + 16, age, true)
    view.setUint8(at + 18, kind)
    view.setUint8(at + 19, flags)
  })
  return view.buffer as ArrayBuffer
}

const BOAT: Record = [7, 109_120_000, -18_360_001, 1234, 55, 30, 1, 5]

describe('the binary frames', () => {
  it('gives back what was packed', () => {
    const got: unknown[] = []
    each(decode(frame(DELTA, 9, [BOAT])), (...fields) => got.push(fields))
    expect(got).toEqual([[7, 109.12, -18.360001, 123.4, 5.5, 30, 1, 5]])
  })

  it('knows unknown course and speed', () => {
    const got: number[] = []
    each(decode(frame(DELTA, 9, [[1, 0, 0, 0xffff, 0xffff, 0, 0, 0]])), (_v, _lon, _lat, cog, sog) => got.push(cog, sog))
    expect(got).toEqual([NaN, NaN])
  })

  it('counts ticks beyond 32 bits', () => {
    expect(decode(frame(SNAPSHOT, 2 ** 40 + 3, [])).tick).toBe(2 ** 40 + 3)
  })

  it.each([
    ['too short', new ArrayBuffer(15)],
    ['cut', frame(DELTA, 1, [BOAT]).slice(0, 30)],
    ['too long', frame(DELTA, 1, [BOAT, BOAT]).slice(0, 37)],
    ['of another kind', frame(0x12345678, 1, [])],
  ])('refuses a frame that is %s', (_name, buffer) => {
    expect(() => decode(buffer)).toThrow(RangeError)
  })
})

describe('the fleet', () => {
  const NOW = 1_000_000

  it('moves a known vessel in place and adds a new one', () => {
    const fleet = new Fleet()
    fleet.apply(decode(frame(SNAPSHOT, 1, [BOAT])), NOW)
    fleet.apply(decode(frame(DELTA, 2, [[7, 110_000_000, 0, 0, 0, 0, 1, 0], [8, 0, 0, 0, 0, 0, 1, 0]])), NOW)
    expect([fleet.size, fleet.tick, fleet.row(7), fleet.row(8), fleet.row(9)]).toEqual([2, 2, 0, 1, -1])
    expect(fleet.lon[0]).toBe(110)
  })

  it('forgets what a snapshot does not hold', () => {
    const fleet = new Fleet()
    fleet.apply(decode(frame(SNAPSHOT, 1, [BOAT])), NOW)
    fleet.apply(decode(frame(SNAPSHOT, 2, [[8, 0, 0, 0, 0, 0, 1, 0]])), NOW)
    expect([fleet.size, fleet.row(7), fleet.row(8)]).toEqual([1, -1, 0])
  })

  it('dates a fix by its age', () => {
    const fleet = new Fleet()
    fleet.apply(decode(frame(SNAPSHOT, 1, [BOAT])), NOW)
    expect(fleet.fixed[0]).toBe(NOW - 30_000)
  })

  it('grows beyond its first room without losing anybody', () => {
    const fleet = new Fleet()
    const many: Record[] = Array.from({ length: 3000 }, (_, i) => [i + 1, i, -i, 0, 0, 0, 1, 0])
    fleet.apply(decode(frame(SNAPSHOT, 1, many)), NOW)
    expect(fleet.size).toBe(3000)
    expect(fleet.lon[fleet.row(2500)]).toBeCloseTo(2499e-6, 9)
  })
})
