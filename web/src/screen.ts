/** What kind of screen this is, and which page of it is shown. */
import { signal } from '@preact/signals'
import { selectAlert } from './selection'

const narrow = globalThis.matchMedia?.('(max-width: 820px)')
export const phone = signal(narrow?.matches ?? false)
narrow?.addEventListener('change', () => { phone.value = narrow.matches })

/** Beside the alerts: the map, or one of the command centre's pages. In the order of the keys 1 to 7. */
export const PAGES = ['watch', 'recalls', 'ports', 'rules', 'facts', 'identities', 'load'] as const
export type PageName = (typeof PAGES)[number]
export const page = signal<PageName>('watch')

export type Tab = 'list' | 'map' | 'recalls' | 'me'
export const tab = signal<Tab>('list')
/** On a phone the details of what is on the map lie folded below it. */
export const folded = signal(false)
/** The key sheet. */
export const helping = signal(false)

/** On a phone the recalls have a tab of their own, and the other pages are opened from "me". */
export function open(name: PageName): void {
  if (name !== 'watch') selectAlert(null) // its details would lie over the page
  page.value = name
  if (phone.value) tab.value = name === 'watch' ? 'list' : name === 'recalls' ? 'recalls' : 'me'
}
