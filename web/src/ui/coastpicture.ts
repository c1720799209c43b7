/** The south of Hainan on the sign-in page, drawn from the same coast as the map. No map library here. */
import { mercatorX, mercatorY } from '../geo'
import { loadLand, mercator, unpack, type Land } from '../map/landdata'
import { palette } from '../prefs'

const CENTRE = { lon: 109.35, lat: 18.55 }
const WIDTH_DEGREES = 3.4
const WHERE = { lon: 109.12, lat: 18.36 }

const COLOURS = {
  day: { sea: ['#0b3954', '#12587c', '#1a7196'], land: '#e9dcae', coast: '#f6efd6', line: 'rgba(255,255,255,.10)' },
  dusk: { sea: ['#071520', '#0d2636', '#12384c'], land: '#3c3828', coast: '#8a7f5b', line: 'rgba(255,255,255,.06)' },
  night: { sea: ['#020406', '#04090d', '#061019'], land: '#14120b', coast: '#3a3421', line: 'rgba(255,255,255,.03)' },
}

export function drawCoast(canvas: HTMLCanvasElement): () => void {
  let land: Land | null = null
  const draw = () => land && paint(canvas, land)
  const watch = new ResizeObserver(draw)
  watch.observe(canvas)
  void loadLand().then((data) => {
    land = data
    draw()
  }).catch(() => {})
  const stop = palette.subscribe(draw)
  return () => {
    watch.disconnect()
    stop()
  }
}

function paint(canvas: HTMLCanvasElement, land: Land): void {
  const ratio = Math.min(devicePixelRatio, 2)
  const { clientWidth: w, clientHeight: h } = canvas
  if (!w || !h) return
  canvas.width = w * ratio
  canvas.height = h * ratio
  const g = canvas.getContext('2d')!
  const scale = Math.max(w, h * 0.9) / (mercatorX(WIDTH_DEGREES))
  const x = (m: number) => w / 2 + (m - mercatorX(CENTRE.lon)) * scale
  const y = (m: number) => h * 0.42 - (m - mercatorY(CENTRE.lat)) * scale
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  water(g, w, h)
  coast(g, land, x, y)
  lamp(g, x(mercatorX(WHERE.lon)), y(mercatorY(WHERE.lat)), Math.min(w, h))
}

function water(g: CanvasRenderingContext2D, w: number, h: number): void {
  const { sea, line } = COLOURS[palette.value]
  const shade = g.createLinearGradient(0, 0, 0, h)
  sea.forEach((colour, i) => shade.addColorStop(1 - i / (sea.length - 1), colour))
  g.fillStyle = shade
  g.fillRect(0, 0, w, h)
  g.strokeStyle = line
  g.lineWidth = 1
  g.beginPath()
  for (let at = 0.5; at < w; at += 96) { g.moveTo(at, 0); g.lineTo(at, h) }
  for (let at = 0.5; at < h; at += 96) { g.moveTo(0, at); g.lineTo(w, at) }
  g.stroke()
}

/** Land with bands of ever fainter light around it, as soundings shoal towards a shore. */
function coast(g: CanvasRenderingContext2D, land: Land, x: (m: number) => number, y: (m: number) => number): void {
  const colours = COLOURS[palette.value]
  const shore = new Path2D()
  for (const ring of land.near.rings) {
    unpack(ring, land.scale).map(mercator).forEach(([mx, my], i) => (i ? shore.lineTo(x(mx), y(my)) : shore.moveTo(x(mx), y(my))))
    shore.closePath()
  }
  g.lineJoin = 'round'
  for (const [width, alpha] of [[120, 0.05], [78, 0.06], [44, 0.08], [18, 0.12]]) {
    g.strokeStyle = `rgba(190,230,245,${palette.value === 'day' ? alpha : alpha / 3})`
    g.lineWidth = width
    g.stroke(shore)
  }
  g.fillStyle = colours.land
  g.fill(shore, 'evenodd')
  g.strokeStyle = colours.coast
  g.lineWidth = 1.2
  g.stroke(shore)
}

/** The port's light. */
function lamp(g: CanvasRenderingContext2D, x: number, y: number, room: number): void {
  const night = palette.value === 'night'
  const glow = g.createRadialGradient(x, y, 0, x, y, room * 0.28)
  for (const [at, alpha] of [[0, 0.7], [0.08, 0.34], [0.35, 0.12], [1, 0]]) glow.addColorStop(at, `rgba(255,206,92,${night ? alpha / 4 : alpha})`)
  g.fillStyle = glow
  g.fillRect(x - room, y - room, 2 * room, 2 * room)
  g.beginPath()
  g.arc(x, y, 5, 0, 2 * Math.PI)
  g.fillStyle = night ? '#8a6a1c' : '#ffce5c'
  g.fill()
  g.strokeStyle = '#00000088'
  g.stroke()
}
