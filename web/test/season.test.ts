import { describe, expect, it } from 'vitest'
import { inSeason } from '../src/season'

const at = (text: string) => Date.parse(text)
const MORATORIUM = [{ from: '05-01T12:00', to: '08-16T12:00', tz: 'Asia/Shanghai' }]

describe('seasons', () => {
  it('begin and end to the minute in local time', () => {
    expect(inSeason(MORATORIUM, at('2026-05-01T03:59:00Z'))).toBe(false)
    expect(inSeason(MORATORIUM, at('2026-05-01T04:00:00Z'))).toBe(true)
    expect(inSeason(MORATORIUM, at('2026-08-16T03:59:00Z'))).toBe(true)
    expect(inSeason(MORATORIUM, at('2026-08-16T04:00:00Z'))).toBe(false)
  })

  it('may pass over new year, or be of one year only', () => {
    const winter = [{ from: '11-01T00:00', to: '02-01T00:00' }]
    expect([at('2026-12-24T00:00:00Z'), at('2026-01-15T00:00:00Z'), at('2026-06-01T00:00:00Z')].map((t) => inSeason(winter, t))).toEqual([true, true, false])
    expect(inSeason([{ from: '2026-05-01T12:00', to: '2026-08-16T12:00' }], at('2027-06-01T00:00:00Z'))).toBe(false)
  })

  it('are not needed', () => {
    expect(inSeason(null, 0)).toBe(true)
    expect(inSeason([], 0)).toBe(true)
  })
})
