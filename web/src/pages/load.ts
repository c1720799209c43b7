/** What a page shows, read again while it is open; what was read stays while the server is away. */
import { useSignal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { explain } from '../alerts/actions'
import { get } from '../api'

export interface Loaded<T> { value: T | null; error: string; reload: () => Promise<void> }

/** A null path asks nothing; another path forgets what the one before brought. */
export function useLoaded<T>(path: string | null, everyMs = 0): Loaded<T> {
  const found = useSignal<{ path: string | null; value: T | null; error: string }>({ path, value: null, error: '' })
  const newest = useNewest(path)
  async function reload(): Promise<void> {
    if (path === null) return
    const ours = newest()
    try {
      const value = await get<T>(path)
      if (ours()) found.value = { path, value, error: '' }
    } catch (problem) {
      if (ours()) found.value = { path, value: found.peek().path === path ? found.peek().value : null, error: explain(problem) }
    }
  }
  useEffect(() => {
    void reload()
    const timer = everyMs ? setInterval(() => { if (!document.hidden) void reload() }, everyMs) : undefined
    return () => clearInterval(timer)
  }, [path, everyMs])
  const { value, error } = found.value.path === path ? found.value : { value: null, error: '' }
  return { value, error, reload }
}

/** Each request learns whether it is still the last one for what is shown: a slow answer must not undo a newer one. */
function useNewest(path: string | null): () => () => boolean {
  const state: Signal<{ path: string | null; n: number }> = useSignal({ path, n: 0 })
  state.peek().path = path
  return () => {
    const mine = ++state.peek().n
    return () => state.peek().path === path && state.peek().n === mine
  }
}
