import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evidenceLines } from '../src/evidence'
import { countdown, duration, language, t, term } from '../src/i18n'
import { en } from '../src/i18n/en'
import { zh } from '../src/i18n/zh'
import { en as pagesEn } from '../src/pages/words/en'
import { zh as pagesZh } from '../src/pages/words/zh'

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

const BOOKS = [{ book: 'the console', zh, en }, { book: 'the pages', zh: pagesZh, en: pagesEn }] as const

describe.each(BOOKS)('the two dictionaries of $book', ({ zh, en }) => {
  it('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })

  it('have the same holes and no empty word', () => {
    for (const [key, text] of Object.entries(zh)) {
      const other = (en as Record<string, string>)[key]
      expect(holes(other), key).toEqual(holes(text))
      expect(text && other, key).toBeTruthy()
    }
  })

  it('leave no Chinese in English', () => {
    const kept = new Set(['language_other'])
    const wrong = Object.entries(en).filter(([key, text]) => !kept.has(key) && /[\u4e00-\u9fff]/.test(text))
    expect(wrong).toEqual([])
  })
})

describe('the dictionaries', () => {
  it('are the only place with Chinese words in them', () => {
    const files = ['src', 'src/ui', 'src/map', 'src/live', 'src/alerts', 'src/pages'].flatMap((folder) =>
      readdirSync(folder).filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name)))
    const wrong = files.filter((file) => {
      const code = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
      return /['"`>][^'"`<\n]*[\u4e00-\u9fff]/.test(code)
    })
    expect(wrong).toEqual([])
  })
})

describe('words', () => {
  it('fills holes and follows the language', () => {
    language.value = 'zh'
    expect(t('v_count', { n: 3 })).toBe('3 艘')
    language.value = 'en'
    expect(t('v_count', { n: 3 })).toBe('3 vessels')
    expect(term('class', 'submarine')).toBe('submarine')
    language.value = 'zh'
  })

  it('says how long, coarsely', () => {
    expect([5e3, 65e3, 3_700_000, 90_000_000].map(duration)).toEqual(['5 秒', '1 分', '1 时 1 分', '1 天 1 时'])
    expect([0, 61_000, -3_661_000].map(countdown)).toEqual(['00:00', '01:01', '1:01:01'])
  })

  it('says evidence in words, known or not', () => {
    expect(evidenceLines({ distance_nm: -0.42, sog_kn: 6.4, cog_deg: 278, zone_version: 3, in_port: true, silent_s: 7260, sea_state: 'rough' })).toEqual([
      { name: '距界线', value: '越线 0.42 海里' },
      { name: '航速', value: '6.4 节' },
      { name: '航向', value: '278°' },
      { name: '在港', value: '是' },
      { name: '失联时长', value: '2 时 1 分' },
      { name: 'sea state', value: 'rough' },
    ])
  })
})

describe('the lock file', () => {
  it('names no host', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toContain('://')
  })
})
