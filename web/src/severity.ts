/** The four levels 红橙黄蓝. A colour never speaks alone: each level has a shape and a word too. */
import type { Severity } from './types'

export type Shape = 'square' | 'triangle' | 'circle' | 'diamond'

export interface Level {
  name: 'red' | 'orange' | 'yellow' | 'blue'
  shape: Shape
}

export const LEVELS: Record<Severity, Level> = {
  4: { name: 'red', shape: 'square' },
  3: { name: 'orange', shape: 'triangle' },
  2: { name: 'yellow', shape: 'circle' },
  1: { name: 'blue', shape: 'diamond' },
}

export const WORST_FIRST: Severity[] = [4, 3, 2, 1]

/** The outline of a shape around the origin, `r` being about its half width. */
export function outline(shape: Shape, r: number): [number, number][] | null {
  switch (shape) {
    case 'square': return [[-r, -r], [r, -r], [r, r], [-r, r]]
    case 'triangle': return [[0, -r * 1.25], [r * 1.2, r * 0.9], [-r * 1.2, r * 0.9]]
    case 'diamond': return [[0, -r * 1.25], [r * 1.25, 0], [0, r * 1.25], [-r * 1.25, 0]]
    case 'circle': return null
  }
}
