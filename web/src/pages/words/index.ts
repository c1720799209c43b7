/** The words of the pages. They come with the pages, so that the door and the alerts need not wait for them. */
import { language, speaker } from '../../i18n'
import { en } from './en'
import { parameters } from './parameters'
import { zh, type Word } from './zh'

export type { Word }

export const w = speaker<Word>({ zh, en })

/** For words that come from the server: its own text when we have none. */
export function wTerm(prefix: string, word: string | number): string {
  const key = `${prefix}_${word}`
  return key in zh ? w(key as Word) : String(word)
}

const UNITS: [RegExp, Word][] = [
  [/_kn$/, 'u_kn'], [/_nm$/, 'u_nm'], [/_min$/, 'u_min'], [/_s$/, 'u_s'], [/_h$/, 'u_h'], [/_m$/, 'u_m'],
  [/_pct$/, 'u_pct'], [/_deg$/, 'u_deg'], [/_days?$/, 'u_d'], [/_bf$/, 'u_bf'], [/_factor$/, 'u_times'], [/_share$/, 'u_share'],
]

const ORDER = Object.keys(parameters)
const place = (key: string): number => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1)

/** Keys in the order in which people think of them; what has no Chinese name comes last. */
export const ordered = (keys: string[]): string[] => [...keys].sort((a, b) => place(a) - place(b))

/** What a parameter means, and its unit: the field's name ends in it. */
export function parameter(key: string): { name: string; unit: string } {
  const [, word] = UNITS.find(([end]) => end.test(key)) ?? []
  const plain = key.replace(/_(kn|nm|min|s|h|m|pct|deg|bf|days?)$/, '').split('_').join(' ')
  const name = language.value === 'zh' ? parameters[key] ?? key : plain
  return { name, unit: word ? w(word) : '' }
}
