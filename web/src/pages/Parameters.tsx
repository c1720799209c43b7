/** Numbers of a kind with what they mean and their units. */
import { ordered, parameter, w } from './words'
import type { Params } from './types'

/** A number, or whatever else a version holds under the key. */
export const said = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

export function Parameters({ params }: { params: Params }) {
  const keys = ordered(Object.keys(params))
  if (!keys.length) return <p class="drawer-note">{w('numbers_none')}</p>
  return (
    <table class="table params">
      <tbody>
        {keys.map((key) => {
          const { name, unit } = parameter(key)
          return <tr key={key}><th scope="row">{name}<small>{key}</small></th><td class="num">{said(params[key])}</td><td class="unit">{unit}</td></tr>
        })}
      </tbody>
    </table>
  )
}
