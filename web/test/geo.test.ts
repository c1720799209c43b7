import { describe, expect, it } from 'vitest'
import { distanceNm, dm, graticuleStep, latOf, lonOf, mercatorX, mercatorY } from '../src/geo'
import { delayMs } from '../src/live/backoff'
import { fade, group, symbol } from '../src/map/symbols'
import { outline } from '../src/severity'
import { formatHash, parseHash } from '../src/url'

describe('geometry', () => {
  it('goes to Mercator and back', () => {
    for (const [lon, lat] of [[109.12, 18.36], [-70, -55], [0, 0], [179.99, 84]]) {
      expect(lonOf(mercatorX(lon))).toBeCloseTo(lon, 9)
      expect(latOf(mercatorY(lat))).toBeCloseTo(lat, 9)
    }
  })

  it('measures a minute of latitude as a nautical mile', () => {
    expect(distanceNm(109, 18, 109, 18 + 1 / 60)).toBeCloseTo(1, 2)
    expect(distanceNm(109, 18, 109, 18)).toBe(0)
  })

  it('writes degrees and minutes without ever writing 60 minutes', () => {
    expect(dm(18.36, 'lat')).toBe('18°21.60′N')
    expect(dm(-9.5, 'lon')).toBe('009°30.00′W')
    expect(dm(17.999999, 'lat')).toBe('18°00.00′N')
  })

  it('chooses a graticule that is neither crowded nor empty', () => {
    for (const metres of [30, 100, 1000, 10_000]) {
      const pixels = mercatorX(graticuleStep(metres)) / metres
      expect(pixels).toBeGreaterThan(80)
      expect(pixels).toBeLessThanOrEqual(261)
    }
  })
})

describe('symbols', () => {
  it('shows no direction for a boat at rest or without a course', () => {
    expect(symbol(1, 5, 90)).toBe('ship')
    expect(symbol(1, 0.1, 90)).toBe('dot')
    expect(symbol(1, 5, NaN)).toBe('dot')
    expect(symbol(1, NaN, 90)).toBe('dot')
  })

  it('fades old fixes and never calls them fresh', () => {
    expect([0, 11 * 60_000, 90 * 60_000].map(fade)).toEqual([0, 1, 2])
  })

  it('tells our boats from others', () => {
    expect(group(1, 4)).not.toBe(group(1, 0))
    expect(group(99, 0)).toBe(6)
  })

  it('gives every level a shape of its own', () => {
    const shapes = (['square', 'triangle', 'diamond', 'circle'] as const).map((s) => JSON.stringify(outline(s, 8)))
    expect(new Set(shapes).size).toBe(4)
  })
})

describe('back-off', () => {
  it('doubles, has jitter, and ends', () => {
    expect(delayMs(1, 1)).toBe(500)
    expect(delayMs(3, 0)).toBe(1000)
    expect(delayMs(3, 1)).toBe(2000)
    expect(delayMs(99, 1)).toBe(30_000)
  })
})

describe('the address', () => {
  it('goes there and back', () => {
    const here = { place: { zoom: 9.5, lat: 18.2, lon: 109.1 }, vessel: 3, alert: 12, page: 'rules' as const }
    expect(parseHash(formatHash(here))).toEqual(here)
  })

  it.each(['', '#', '#x/y/z', '#99/18/109', '#9/91/109&a=-1&v=1e9999', '#9/18', '#&a=<b>', '#&p=<b>'])('makes nothing of %s', (hash) => {
    expect(parseHash(hash)).toEqual({ place: null, vessel: null, alert: null, page: 'watch' })
  })
})
