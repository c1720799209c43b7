/** The tab's title counts what waits, so that it is seen behind other windows too. */
import { effect } from '@preact/signals'
import { mine, unassigned, urgent } from './alerts/store'
import { t } from './i18n'
import { account } from './session'

export function followTitle(): void {
  effect(() => {
    const member = account.value?.role === 'member'
    const waiting = member ? mine.value.length : new Set([...urgent.value, ...unassigned.value]).size
    document.title = account.value && waiting ? `(${waiting}) ${t('product')}` : t('product')
  })
}
