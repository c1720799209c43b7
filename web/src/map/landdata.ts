/** The coast that the build cut (build/land.ts), fetched once and unpacked. */
import { mercatorX, mercatorY } from '../geo'
import type { Box, Point } from './coastlines'

export interface Piece { box: Box; rings: number[][] }
export interface Land { scale: number; near: Piece; far: Piece }

let loading: Promise<Land> | undefined

export function loadLand(): Promise<Land> {
  loading ??= fetch(__LAND__).then((answer) => {
    if (!answer.ok) throw new Error(`coast: HTTP ${answer.status}`)
    return answer.json() as Promise<Land>
  })
  loading.catch(() => { loading = undefined })
  return loading
}

/** Deltas to degrees. */
export function unpack(deltas: number[], scale: number): Point[] {
  const line: Point[] = []
  let [x, y] = [0, 0]
  for (let i = 0; i < deltas.length; i += 2) {
    x += deltas[i]
    y += deltas[i + 1]
    line.push([x / scale, y / scale])
  }
  return line
}

export const mercator = ([lon, lat]: Point): Point => [mercatorX(lon), mercatorY(lat)]
