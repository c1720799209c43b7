import { describe, expect, it } from 'vitest'
import { compare, EVERYTHING, section, shown, wantsAttention } from '../src/alerts/order'
import { rights } from '../src/alerts/rights'
import type { Account, Alert, Role } from '../src/types'
import { alert, order } from './alerts'

const ME = 5
const ACKED = { status: 'acknowledged', acknowledged: '2026-11-01T00:01:00Z' } as const
const ids = (list: Alert[], person: number | null = null) => [...list].sort(compare(person)).map((a) => a.id)

describe('the order of the list', () => {
  it('puts what nobody has taken above everything', () => {
    expect(ids([alert(1, { severity: 4 }), alert(2, { order: order({ status: 'unassigned' }) })])).toEqual([2, 1])
  })

  it('puts unacknowledged above acknowledged, whatever the colour', () => {
    expect(ids([alert(1, { severity: 4, ...ACKED }), alert(2, { severity: 2 })])).toEqual([2, 1])
  })

  it('then severity, then the nearest deadline, then the newest', () => {
    const list = [
      alert(1, { opened: '2026-11-01T00:00:00Z' }),
      alert(2, { opened: '2026-11-01T01:00:00Z' }),
      alert(3, { severity: 3 }),
      alert(4, { order: order({ accept_by: '2026-11-01T00:09:00Z' }) }),
      alert(5, { order: order({ accept_by: '2026-11-01T00:08:00Z' }) }),
    ]
    expect(ids(list)).toEqual([3, 5, 4, 2, 1])
  })

  it('gives a member their own tasks first', () => {
    const mine = alert(2, { order: order({ lead: { person: ME, name: '' } }) })
    expect(ids([alert(1, { severity: 4 }), mine], ME)).toEqual([2, 1])
  })

  it.each([
    [alert(1, { severity: 1 }), 'info'],
    [alert(1, { status: 'cleared' }), 'new'],
    [alert(1, ACKED), 'known'],
    [alert(1, { status: 'shelved' }), 'shelved'],
  ])('knows the section of %#', (a, name) => {
    expect(section(a)).toBe(name)
  })

  it('never lets information flash', () => {
    expect(wantsAttention(alert(1, { severity: 1 }))).toBe(false)
    expect(wantsAttention(alert(1))).toBe(true)
  })
})

describe('the filter', () => {
  const blue = { ...EVERYTHING, severities: new Set([1] as const) }

  it('hides other colours, but never red nor what nobody has taken', () => {
    expect(shown(alert(1), blue, null)).toBe(false)
    expect(shown(alert(1, { severity: 4 }), blue, null)).toBe(true)
    expect(shown(alert(1, { order: order({ status: 'unassigned' }) }), blue, null)).toBe(true)
  })

  it('finds boats by name and MMSI', () => {
    const a = alert(1, { vessel: { id: 1, name: '琼三渔12345', mmsi: '412000123' } })
    expect(['12345', '412000', ' 琼三渔'].map((text) => shown(a, { ...EVERYTHING, text }, null))).toEqual([true, true, true])
    expect(shown(a, { ...EVERYTHING, text: 'x' }, null)).toBe(false)
  })
})

describe('what may be done', () => {
  const who = (role: Role, person: number | null = null): Account =>
    ({ id: 1, login: '', role, name: '', person, org: null, language: 'zh', must_change: false })
  const asked = alert(1, { order: order({ lead: { person: ME, name: '' } }) })
  const taken = alert(1, { order: order({ status: 'accepted', lead: { person: ME, name: '' } }) })

  it('lets the member asked accept or decline, and the lead work and close', () => {
    expect([...rights(who('member', ME), asked)]).toEqual(['accept', 'decline'])
    expect([...rights(who('member', ME), taken)]).toEqual(['progress', 'close_order', 'handover'])
  })

  it('lets a member take what nobody has, or what they were too slow for', () => {
    const theirs = alert(1, { order: order({ lead: { person: 9, name: '' } }) })
    const slow = { person: ME, name: '', name_en: '', level: 1, offered: '', answered: '', reason: '' }
    expect([...rights(who('member', ME), theirs, [{ ...slow, answer: 'timed_out' }])]).toEqual(['accept'])
    expect([...rights(who('member', ME), theirs, [{ ...slow, answer: 'declined' }])]).toEqual([])
    expect([...rights(who('member', ME), alert(1, { order: order({ status: 'unassigned' }) }))]).toEqual(['accept'])
  })

  it('gives other members, associations and administrators nothing', () => {
    expect(rights(who('member', 6), asked).size).toBe(0)
    expect(rights(who('association'), asked).size).toBe(0)
    expect(rights(who('admin'), asked).size).toBe(0)
  })

  it('never lets a commander shelve red', () => {
    expect(rights(who('commander'), alert(1, { severity: 4 })).has('shelve')).toBe(false)
    expect(rights(who('commander'), alert(1)).has('shelve')).toBe(true)
  })

  it('leaves nothing to do with what is closed', () => {
    expect(rights(who('commander'), alert(1, { status: 'closed' })).size).toBe(0)
  })
})
