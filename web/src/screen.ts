/** What kind of screen this is, and which page of a small one is shown. */
import { signal } from '@preact/signals'

const narrow = matchMedia('(max-width: 820px)')
export const phone = signal(narrow.matches)
narrow.addEventListener('change', () => { phone.value = narrow.matches })

export type Tab = 'list' | 'map' | 'me'
export const tab = signal<Tab>('list')
/** On a phone the details of what is on the map lie folded below it. */
export const folded = signal(false)
/** The key sheet. */
export const helping = signal(false)
