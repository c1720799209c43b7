/** Where every vessel is, as columns: row i of every array is one vessel. No object per vessel.
 *
 * Positions are the newest honest fixes; nothing is extrapolated. `fixed` is when the boat was
 * there, in this machine's clock, so ages go on counting while the stream is silent.
 */
import { signal } from '@preact/signals'
import { mercatorX, mercatorY } from '../geo'
import { each, type FleetFrame } from './decode'

const START = 1024

export class Fleet {
  /** Rows in use. */
  size = 0
  tick = 0
  id = new Uint32Array(START)
  lon = new Float64Array(START)
  lat = new Float64Array(START)
  x = new Float64Array(START)
  y = new Float64Array(START)
  cog = new Float32Array(START)
  sog = new Float32Array(START)
  fixed = new Float64Array(START)
  kind = new Uint8Array(START)
  flags = new Uint8Array(START)
  /** Goes up with every change; what draws the fleet watches it. */
  readonly version = signal(0)
  private rows = new Map<number, number>()

  row(vessel: number): number {
    return this.rows.get(vessel) ?? -1
  }

  /** Takes one frame in; `now` is this machine's clock in milliseconds. */
  apply(frame: FleetFrame, now: number): void {
    if (frame.snapshot) this.clear()
    each(frame, (vessel, lon, lat, cog, sog, age, kind, flags) => {
      const i = this.claim(vessel)
      this.lon[i] = lon
      this.lat[i] = lat
      this.x[i] = mercatorX(lon)
      this.y[i] = mercatorY(lat)
      this.cog[i] = cog
      this.sog[i] = sog
      this.fixed[i] = now - age * 1000
      this.kind[i] = kind
      this.flags[i] = flags
    })
    this.tick = frame.tick
    this.version.value++
  }

  clear(): void {
    this.size = 0
    this.tick = 0
    this.rows.clear()
    this.version.value++
  }

  private claim(vessel: number): number {
    const known = this.rows.get(vessel)
    if (known !== undefined) return known
    if (this.size === this.id.length) this.grow()
    const row = this.size++
    this.id[row] = vessel
    this.rows.set(vessel, row)
    return row
  }

  private grow(): void {
    const double = <T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(old: T): T => {
      const wide = new (old.constructor as new (n: number) => T)(old.length * 2)
      wide.set(old)
      return wide
    }
    this.id = double(this.id)
    this.lon = double(this.lon)
    this.lat = double(this.lat)
    this.x = double(this.x)
    this.y = double(this.y)
    this.cog = double(this.cog)
    this.sog = double(this.sog)
    this.fixed = double(this.fixed)
    this.kind = double(this.kind)
    this.flags = double(this.flags)
  }
}
