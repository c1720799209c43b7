/** The binary frames of the live stream.
 *
 * Little-endian: magic u32, tick u64, count u32; then `count` records of 20 bytes. A frame that is
 * not whole is refused as a whole: half a fleet must never pass for all of it.
 */

export const DELTA = 0x46573031 // "FW01"
export const SNAPSHOT = 0x46573053 // "FW0S"
const HEADER = 16
const RECORD = 20
const UNKNOWN = 0xffff

export const IN_PORT = 1
export const LATE = 2
export const REGISTERED = 4
export const OWN = 8

export interface FleetFrame {
  snapshot: boolean
  tick: number
  count: number
  records: DataView
}

/** Where a record's fields go; NaN where the sender did not know. */
export type Sink = (
  vessel: number, lon: number, lat: number, cog: number, sog: number, age: number, kind: number, flags: number,
) => void

export function decode(buffer: ArrayBuffer): FleetFrame {
  const view = new DataView(buffer)
  if (buffer.byteLength < HEADER) throw new RangeError('fleet frame shorter than its header')
  const magic = view.getUint32(0, true)
  if (magic !== DELTA && magic !== SNAPSHOT) throw new RangeError(`not a fleet frame: ${magic.toString(16)}`)
  const count = view.getUint32(12, true)
  if (buffer.byteLength !== HEADER + count * RECORD) throw new RangeError('fleet frame of the wrong length')
  const tick = view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32
  return { snapshot: magic === SNAPSHOT, tick, count, records: new DataView(buffer, HEADER) }
}

export function each({ count, records }: FleetFrame, sink: Sink): void {
  for (let i = 0, at = 0; i < count; i++, at += RECORD) {
    sink(
      records.getUint32(at, true),
      records.getInt32(at + 4, true) / 1e6,
      records.getInt32(at + 8, true) / 1e6,
      tenths(records.getUint16(at + 12, true)),
      tenths(records.getUint16(at + 14, true)),
      records.getUint16(at + 16, true),
      records.getUint8(at + 18),
      records.getUint8(at + 19),
    )
  }
}

const tenths = (raw: number): number => (raw === UNKNOWN ? NaN : raw / 10)
