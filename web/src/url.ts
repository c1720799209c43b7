/** What of the page lives in its address: `#z/lat/lon&v=vessel&a=alert&p=page`. Shareable, and back works. */
import { PAGES, type PageName } from './screen'

export interface Place {
  zoom: number
  lat: number
  lon: number
}

export interface Address {
  place: Place | null
  vessel: number | null
  alert: number | null
  page: PageName
}

export function parseHash(hash: string): Address {
  const [where = '', ...rest] = hash.replace(/^#/, '').split('&')
  const fields = new URLSearchParams(rest.join('&'))
  return { place: parsePlace(where), vessel: id(fields.get('v')), alert: id(fields.get('a')), page: parsePage(fields.get('p')) }
}

function parsePlace(text: string): Place | null {
  const parts = text.split('/')
  const [zoom, lat, lon] = parts.map(Number)
  const fine = parts.length === 3 && zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180
  return fine ? { zoom, lat, lon } : null
}

const parsePage = (text: string | null): PageName => PAGES.find((name) => name === text) ?? 'watch'

function id(text: string | null): number | null {
  const value = Number(text)
  return text && Number.isSafeInteger(value) && value > 0 ? value : null
}

export function formatHash({ place, vessel, alert, page }: Address): string {
  const where = place ? `${place.zoom.toFixed(2)}/${place.lat.toFixed(4)}/${place.lon.toFixed(4)}` : ''
  return `#${where}${vessel ? `&v=${vessel}` : ''}${alert ? `&a=${alert}` : ''}${page === 'watch' ? '' : `&p=${page}`}`
}
