/** The true coast of a cut ring: its lines without the artificial runs along the cut. Pure. */

export type Point = [number, number]
export type Box = [west: number, south: number, east: number, north: number]

const EDGE = 1e-6

export function coastLines(ring: Point[], box: Box): Point[][] {
  const lines: Point[][] = []
  let line: Point[] = []
  const flush = () => {
    if (line.length > 1) lines.push(line)
    line = []
  }
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]
    const b = ring[(i + 1) % ring.length]
    if (alongEdge(a, b, box)) flush()
    else line.push(...(line.length ? [b] : [a, b]))
  }
  flush()
  return lines
}

function alongEdge(a: Point, b: Point, [w, s, e, n]: Box): boolean {
  const on = (v: number, p: number, q: number) => Math.abs(p - v) < EDGE && Math.abs(q - v) < EDGE
  return on(w, a[0], b[0]) || on(e, a[0], b[0]) || on(s, a[1], b[1]) || on(n, a[1], b[1])
}
