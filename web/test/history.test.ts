import { describe, expect, it } from 'vitest'
import { language } from '../src/i18n'
import { byHand, spoken } from '../src/ui/History'

const ENGINE = ['holds', 'ended', 'silent', 'heard_again', 'late_data', 'season_ended', 'zone_changed', 'zone_ended', 'zone_deleted', 'calls_again', 'verdict_corrected']

describe('reasons', () => {
  it('are words in both languages for whatever the service says', () => {
    for (const chosen of ['zh', 'en'] as const) {
      language.value = chosen
      for (const code of ENGINE) expect(spoken(code, false), code).not.toMatch(/^$|_|^[a-z]+$/)
    }
    language.value = 'zh'
  })

  it('are left out when nobody has words for them, but what a person wrote stands', () => {
    expect(spoken('quantum_flux basis=none', false)).toBe('')
    expect(spoken('drifting', true)).toBe('drifting')
    expect(spoken('船主电话确认', false)).toBe('船主电话确认')
  })

  it('say once that a person chose', () => {
    expect(byHand('by_hand basis=by_hand load=1')).toBe('人工指定')
    expect(byHand('member_on_duty basis=position')).toBe('')
  })
})
