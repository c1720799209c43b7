/** How a vessel is drawn: which group's colour, which outline, how faded. Pure. */
import { IN_PORT, REGISTERED } from '../live/decode'

export const GROUPS = 8
/** Index into ChartColours.vessels. */
export function group(kind: number, flags: number): number {
  switch (kind) {
    case 1: return flags & REGISTERED ? 0 : 1
    case 2: return 2
    case 3: case 5: return 3
    case 4: return 4
    case 10: case 11: return 5
    case 20: case 21: case 22: return 7
    default: return 6
  }
}

export type Symbol = 'ship' | 'dot' | 'mark' | 'base' | 'beacon'

const UNDER_WAY_KN = 0.5

export function symbol(kind: number, sog: number, cog: number): Symbol {
  if (kind >= 20) return 'beacon'
  if (kind === 11) return 'base'
  if (kind >= 10) return 'mark'
  return sog >= UNDER_WAY_KN && !Number.isNaN(cog) ? 'ship' : 'dot'
}

const STALE_MS = 10 * 60_000
const OLD_MS = 60 * 60_000

/** 0 fresh, 1 stale, 2 old: an old fix must not look like a present one. */
export const fade = (ageMs: number): 0 | 1 | 2 => (ageMs < STALE_MS ? 0 : ageMs < OLD_MS ? 1 : 2)
export const FADED = [1, 0.5, 0.24]

/** Half length in pixels. */
export function size(zoom: number, flags: number): number {
  const base = zoom < 7 ? 3.4 : zoom < 9 ? 5 : zoom < 11.5 ? 6.4 : 8
  return flags & IN_PORT ? base * 0.72 : base
}

/** Adds one outline to the path under construction. */
export function trace(g: CanvasRenderingContext2D | Path2D, what: Symbol, x: number, y: number, r: number, cog: number): void {
  switch (what) {
    case 'ship': return ship(g, x, y, r, cog)
    case 'dot':
      g.moveTo(x + r * 0.58, y)
      return g.arc(x, y, r * 0.58, 0, 2 * Math.PI)
    case 'mark':
      g.moveTo(x, y - r * 0.7)
      g.lineTo(x + r * 0.7, y)
      g.lineTo(x, y + r * 0.7)
      g.lineTo(x - r * 0.7, y)
      return g.closePath()
    case 'base':
      g.moveTo(x - r * 0.55, y - r * 0.55)
      g.lineTo(x + r * 0.55, y - r * 0.55)
      g.lineTo(x + r * 0.55, y + r * 0.55)
      g.lineTo(x - r * 0.55, y + r * 0.55)
      return g.closePath()
    case 'beacon':
      g.moveTo(x + r, y)
      return g.arc(x, y, r, 0, 2 * Math.PI)
  }
}

/** A hull: pointed bow, notched stern. */
function ship(g: CanvasRenderingContext2D | Path2D, x: number, y: number, r: number, cog: number): void {
  const a = (cog * Math.PI) / 180
  const [s, c] = [Math.sin(a), Math.cos(a)]
  const to = (dx: number, dy: number): [number, number] => [x + dx * c - dy * s, y + dx * s + dy * c]
  g.moveTo(...to(0, -1.45 * r))
  g.lineTo(...to(0.72 * r, 1.0 * r))
  g.lineTo(...to(0, 0.55 * r))
  g.lineTo(...to(-0.72 * r, 1.0 * r))
  g.closePath()
}
