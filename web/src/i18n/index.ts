/** The words of the page in the chosen language. Reading `t` in a component follows the language. */
import { computed, signal } from '@preact/signals'
import type { Language } from '../types'
import { en } from './en'
import { zh, type Key } from './zh'

export type { Key }

export type Values = Record<string, string | number>

export const language = signal<Language>('zh')

/** A dictionary in use. Pages that are loaded later bring one of their own. */
export const speaker = <K extends string>(books: Record<Language, Record<K, string>>) => {
  const book = computed(() => books[language.value])
  return (key: K, values: Values = {}): string =>
    book.value[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export const t = speaker<Key>({ zh, en })

/** For words that come from the server: its own text when we have none. */
export function term(prefix: string, word: string | number): string {
  const key = `${prefix}_${word}`
  return key in zh ? t(key as Key) : String(word)
}

/** The one of two server texts that fits the language, or the other one. */
export const either = (zhText: string | null | undefined, enText: string | null | undefined): string =>
  (language.value === 'zh' ? zhText || enText : enText || zhText) ?? ''

/** 3 秒, 5 分, 2 时 4 分: how long, in the coarsest words that still help. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return t('age_s', { n: s })
  const m = Math.floor(s / 60)
  if (m < 60) return t('age_m', { n: m })
  const h = Math.floor(m / 60)
  return h < 24 ? t('age_h', { h, m: m % 60 }) : t('age_d', { d: Math.floor(h / 24), h: h % 24 })
}

export function ago(ms: number): string {
  return ms < 2000 ? t('age_now') : t('age_ago', { age: duration(ms) })
}

/** 04:07, or 1:04:07: a deadline's countdown. */
export function countdown(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  return s < 3600 ? rest : `${Math.floor(s / 3600)}:${rest}`
}
