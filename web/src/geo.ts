/** Web Mercator and the sphere, in plain numbers. Degrees WGS-84 in, metres of EPSG:3857 out. */

const EDGE = 20037508.342789244
const RADIAN = Math.PI / 180
const NM_PER_RADIAN = 3440.065

export const mercatorX = (lon: number): number => (lon / 180) * EDGE
export const mercatorY = (lat: number): number => (Math.log(Math.tan((90 + lat) * (RADIAN / 2))) / Math.PI) * EDGE
export const lonOf = (x: number): number => (x / EDGE) * 180
export const latOf = (y: number): number => Math.atan(Math.exp((y / EDGE) * Math.PI)) * (2 / RADIAN) - 90

/** Great-circle distance in nautical miles. */
export function distanceNm(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const dLat = (lat2 - lat1) * RADIAN
  const dLon = (lon2 - lon1) * RADIAN
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat1 * RADIAN) * Math.cos(lat2 * RADIAN) * Math.sin(dLon / 2) ** 2
  return 2 * Math.asin(Math.min(1, Math.sqrt(h))) * NM_PER_RADIAN
}

/** Degrees and decimal minutes, as read out over the radio: 18°21.60′N. */
export function dm(value: number, axis: 'lon' | 'lat'): string {
  const side = axis === 'lat' ? (value < 0 ? 'S' : 'N') : value < 0 ? 'W' : 'E'
  const hundredths = Math.round(Math.abs(value) * 6000)
  const degrees = String(Math.floor(hundredths / 6000)).padStart(axis === 'lat' ? 2 : 3, '0')
  const minutes = ((hundredths % 6000) / 100).toFixed(2).padStart(5, '0')
  return `${degrees}°${minutes}′${side}`
}

export const position = (lon: number, lat: number): string => `${dm(lat, 'lat')} ${dm(lon, 'lon')}`

const STEPS = [10, 5, 2, 1, 1 / 2, 1 / 4, 1 / 6, 1 / 12, 1 / 30, 1 / 60]

/** The widest graticule step, in degrees, that keeps lines about `wanted` pixels apart. */
export function graticuleStep(metresPerPixel: number, wanted = 260): number {
  const degrees = lonOf(metresPerPixel * wanted)
  return STEPS.find((step) => step <= degrees) ?? STEPS[STEPS.length - 1]
}
