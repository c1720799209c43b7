/** What this browser remembers: palette, language, layers. A browser that refuses to remember works too. */
import { effect, signal } from '@preact/signals'
import { language } from './i18n'
import type { Language } from './types'

export type Palette = 'day' | 'dusk' | 'night'
export const PALETTES: Palette[] = ['day', 'dusk', 'night']

export interface Layers { grids: boolean; zones: boolean; graticule: boolean; names: boolean; others: boolean }
export const LAYERS: (keyof Layers)[] = ['grids', 'zones', 'graticule', 'names', 'others']

const KEY = 'fleet.prefs'

interface Stored { palette?: Palette; language?: Language; layers?: Partial<Layers> }

function read(): Stored {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Stored
  } catch {
    return {}
  }
}

const stored = read()

export const palette = signal<Palette>(PALETTES.includes(stored.palette as Palette) ? stored.palette! : 'day')
export const layers = signal<Layers>({ grids: true, zones: true, graticule: true, names: false, others: true, ...stored.layers })

/** Chosen in this browser, so an account's language no longer decides. */
let languageChosen = stored.language !== undefined
language.value = stored.language === 'en' ? 'en' : 'zh'

/** What an account prefers counts until somebody has chosen here. */
export function suggestLanguage(choice: Language): void {
  if (!languageChosen) language.value = choice
}

export function chooseLanguage(choice: Language): void {
  languageChosen = true
  language.value = choice
  write({ language: choice })
}

function write(change: Stored): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...read(), ...change }))
  } catch {
    // A kiosk without storage: the choice lasts as long as the page.
  }
}

export function followPrefs(): void {
  effect(() => {
    document.documentElement.dataset.palette = palette.value
    write({ palette: palette.value })
  })
  effect(() => write({ layers: layers.value }))
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
  })
}
