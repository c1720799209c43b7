/** Short notes about what was just done, each with an undo where there is one. */
import { signal } from '@preact/signals'

export interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad'
  undo?: () => void
}

const GOOD_MS = 4000
const UNDO_MS = 9000
const BAD_MS = 8000

export const toasts = signal<Toast[]>([])
let next = 1

export function say(text: string, tone: Toast['tone'] = 'good', undo?: () => void): void {
  const id = next++
  toasts.value = [...toasts.value.slice(-2), { id, text, tone, undo }]
  setTimeout(() => dismiss(id), undo ? UNDO_MS : tone === 'bad' ? BAD_MS : GOOD_MS)
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}
