/** The coast that ships with the console, cut out of Natural Earth (public domain) while building.
 *
 * Fine land inside REGION, coarse land for the world, as closed rings of deltas in 1/SCALE degree.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import type { Box, Point } from '../src/map/coastlines'

export type Ring = Point[]

/** Hainan, the Beibu Gulf and the whole South China Sea, so that the basin is never shown cut. */
export const REGION: Box = [103, 1, 122, 25]
const WORLD: Box = [-180, -84, 180, 84]
export const SCALE = 1000
const WORLD_STEP = 20 // 1/50 degree is plenty for a backdrop

/** Sutherland–Hodgman: the part of a ring inside a box, closed along the box's edges. */
export function clipRing(ring: Ring, [w, s, e, n]: Box): Ring {
  const edges: [inside: (p: Point) => boolean, cross: (a: Point, b: Point) => Point][] = [
    [(p) => p[0] >= w, (a, b) => atLon(a, b, w)],
    [(p) => p[0] <= e, (a, b) => atLon(a, b, e)],
    [(p) => p[1] >= s, (a, b) => atLat(a, b, s)],
    [(p) => p[1] <= n, (a, b) => atLat(a, b, n)],
  ]
  return edges.reduce((points, [inside, cross]) => {
    const out: Ring = []
    points.forEach((b, i) => {
      const a = points[(i + points.length - 1) % points.length]
      if (inside(a) !== inside(b)) out.push(cross(a, b))
      if (inside(b)) out.push(b)
    })
    return out
  }, ring)
}

const atLon = (a: Point, b: Point, x: number): Point => [x, a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0])]
const atLat = (a: Point, b: Point, y: number): Point => [a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]), y]

/** Deltas in whole steps; points that fall on the one before are dropped. */
export function pack(line: Ring, step = 1): number[] {
  const out: number[] = []
  let [px, py] = [0, 0]
  for (const [lon, lat] of line) {
    const x = Math.round((lon * SCALE) / step) * step
    const y = Math.round((lat * SCALE) / step) * step
    if (out.length && x === px && y === py) continue
    out.push(x - px, y - py)
    ;[px, py] = [x, y]
  }
  return out
}

interface Piece { box: Box; rings: number[][] }

function piece(rings: Ring[], box: Box, step: number, fewest: number): Piece {
  const clipped = rings.map((ring) => clipRing(ring, box)).filter((ring) => ring.length > 2)
  return { box, rings: clipped.map((ring) => pack(ring, step)).filter((line) => line.length >= 2 * fewest) }
}

function rings(name: string): Ring[] {
  const path = createRequire(import.meta.url).resolve(`world-atlas/${name}.json`)
  const topology = JSON.parse(readFileSync(path, 'utf8'))
  const land = feature(topology, topology.objects.land) as unknown as GeoJSON
  const shapes = land.type === 'FeatureCollection' ? land.features.map((f) => f.geometry) : [land.geometry]
  return shapes.flatMap((shape) => shape.coordinates.flat())
}

interface Shape { coordinates: Ring[][] }
type GeoJSON = { type: 'FeatureCollection'; features: { geometry: Shape }[] } | { type: 'Feature'; geometry: Shape }

export function land(): string {
  return JSON.stringify({
    scale: SCALE,
    near: piece(rings('land-10m'), REGION, 1, 3),
    far: piece(rings('land-50m'), WORLD, WORLD_STEP, 5),
  })
}
