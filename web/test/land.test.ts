import { describe, expect, it } from 'vitest'
import { clipRing, land, pack, type Ring } from '../build/land'
import { coastLines, type Box } from '../src/map/coastlines'
import { unpack } from '../src/map/landdata'

const BOX: Box = [0, 0, 10, 10]

describe('cutting land out of the world', () => {
  it('keeps what is inside and closes along the edge', () => {
    const ring: Ring = [[5, 5], [15, 5], [15, 8], [5, 8]]
    expect(clipRing(ring, BOX)).toEqual([[5, 5], [10, 5], [10, 8], [5, 8]])
  })

  it('drops what is outside', () => {
    expect(clipRing([[20, 20], [30, 20], [30, 30]], BOX)).toEqual([])
  })

  it('draws no coast along the cut', () => {
    const lines = coastLines(clipRing([[5, 5], [15, 5], [15, 8], [5, 8]], BOX), BOX)
    expect(lines.flat().filter(([x]) => x === 10).length).toBe(2)
    for (const line of lines)
      for (let i = 1; i < line.length; i++) expect(line[i - 1][0] === 10 && line[i][0] === 10).toBe(false)
  })

  it('packs as deltas and leaves out repeats', () => {
    expect(pack([[1, 2], [1.0001, 2.0001], [1.5, 2]])).toEqual([1000, 2000, 500, 0])
  })

  it('unpacks what it packed', () => {
    const line: Ring = [[109.123, 18.36], [109.2, 18.401], [109.19, 18.3]]
    expect(unpack(pack(line), 1000)).toEqual(line)
  })

  it('ships a coast of Hainan of sensible size', () => {
    const body = land()
    const { near, far } = JSON.parse(body)
    expect(near.rings.length).toBeGreaterThan(120)
    expect(far.rings.length).toBeGreaterThan(500)
    expect(body.length).toBeLessThan(700_000)
  })
})
