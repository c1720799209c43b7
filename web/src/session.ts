/** Who is signed in. Undefined: not asked yet; null: nobody. */
import { signal } from '@preact/signals'
import { call, get, onSignedOut, Problem } from './api'
import { suggestLanguage } from './prefs'
import type { Account } from './types'

export const account = signal<Account | null | undefined>(undefined)
/** The session ended under the person's hands: say so on the sign-in page. */
export const expired = signal(false)

/** Nobody can be asked who is signed in: the server or its database does not answer. */
export const away = signal(false)

function enter(who: Account): void {
  suggestLanguage(who.language)
  expired.value = away.value = false
  account.value = who
}

export async function resume(): Promise<void> {
  try {
    enter((await get<{ account: Account }>('/session')).account)
  } catch (problem) {
    away.value = !(problem instanceof Problem && problem.status === 401)
    if (away.value) throw problem
    account.value = null
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  enter((await call<{ account: Account }>('POST', '/session', { login, password })).account)
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await call('POST', '/session/password', { old, new: fresh })
  if (account.value) account.value = { ...account.value, must_change: false }
}

export async function signOut(): Promise<void> {
  await call('DELETE', '/session').catch(() => {})
  away.value = false
  account.value = null
}

export function lost(): void {
  if (!account.value) return
  expired.value = true
  account.value = null
}

onSignedOut(lost)
