/** What must not be overlooked, on top of the boats: alert marks, the selected boat, its trail, names.
 *
 * A mark has a shape, a colour and a black casing; it flashes (1 Hz) only while nobody has
 * acknowledged it, and not at all for people who asked for less motion.
 */
import { isUnassigned, wantsAttention } from '../alerts/order'
import { worstByVessel } from '../alerts/store'
import { now, shortTime } from '../clock'
import { mercatorX, mercatorY } from '../geo'
import { language } from '../i18n'
import type { Fleet } from '../live/fleet'
import { layers, palette } from '../prefs'
import { selectedAlert, selectedVessel } from '../selection'
import { LEVELS, outline } from '../severity'
import type { Alert, Severity } from '../types'
import { nameOf, vessels } from '../vessels'
import { CanvasLayer, haloText, px, py, type Frame } from './canvaslayer'
import type { FleetLayer } from './fleetlayer'
import { chart } from './palette'
import { GAP_MS, trail, type Trail } from './trail'

const DOT_EVERY_MS = 30 * 60_000
const NAMES_FROM_ZOOM = 10.5
const LONGEST_NAME = 24
const NAME_FONT = '600 12px "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", system-ui, sans-serif'
const SMALL_FONT = '11px system-ui, sans-serif'
const calm = matchMedia('(prefers-reduced-motion: reduce)')

export class MarksLayer extends CanvasLayer {
  private taken: [number, number, number, number][] = []

  constructor(zIndex: number, private readonly fleet: Fleet, private readonly boats: FleetLayer) {
    super(zIndex)
  }

  protected signature = (): string =>
    [
      this.fleet.version.value, palette.value, language.value, selectedVessel.value, selectedAlert.value, phase(),
      layers.value.names, layers.value.others, changes(worstByVessel.value), changes(trail.value), changes(vessels.value),
    ].join()

  protected draw(g: CanvasRenderingContext2D, f: Frame): void {
    this.taken = []
    if (trail.value) drawTrail(g, f, trail.value)
    const marked = [...worstByVessel.value.values()].sort((a, b) => a.severity - b.severity)
    for (const a of marked) this.mark(g, f, a)
    this.select(g, f)
    this.names(g, f, marked.reverse())
  }

  /** Where the alert is now: with its boat while that is heard, else where it was raised. */
  private place(a: Alert): [number, number, number] | null {
    const row = a.vessel ? this.fleet.row(a.vessel.id) : -1
    if (row >= 0) return [this.fleet.x[row], this.fleet.y[row], row]
    return a.lon === null || a.lat === null ? null : [mercatorX(a.lon), mercatorY(a.lat), -1]
  }

  private mark(g: CanvasRenderingContext2D, f: Frame, a: Alert): void {
    const place = this.place(a)
    if (!place) return
    const [x, y] = [px(f, place[0]), py(f, place[1])]
    const r = (f.zoom < 8 ? 7 : f.zoom < 10.5 ? 9 : 12) + (a.severity === 4 ? 2 : 0)
    const over = a.status === 'cleared'
    const calling = calls(a)
    g.globalAlpha = calling && !calm.matches && phase() ? 0.3 : 1
    drawMark(g, x, y, r, a.severity, calling && calm.matches ? 5 : a.id === selectedAlert.value ? 4.5 : 3, place[2] < 0, over)
    g.globalAlpha = 1
  }

  /** S-52: the selected target stands in square corners. */
  private select(g: CanvasRenderingContext2D, f: Frame): void {
    const row = selectedVessel.value === null ? -1 : this.fleet.row(selectedVessel.value)
    if (row < 0) return
    const [x, y, r, leg] = [px(f, this.fleet.x[row]), py(f, this.fleet.y[row]), 19, 7]
    g.beginPath()
    for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
      g.moveTo(x + sx * r, y + sy * (r - leg))
      g.lineTo(x + sx * r, y + sy * r)
      g.lineTo(x + sx * (r - leg), y + sy * r)
    }
    g.lineCap = 'round'
    for (const [colour, width] of [[chart().halo, 4], [chart().selected, 2]] as const) {
      g.strokeStyle = colour
      g.lineWidth = width
      g.stroke()
    }
  }

  /** Names of what matters; all the others only when asked for, close in, and where there is room. */
  private names(g: CanvasRenderingContext2D, f: Frame, marked: Alert[]): void {
    g.font = NAME_FONT
    g.textBaseline = 'middle'
    const chosen = selectedVessel.value === null ? -1 : this.fleet.row(selectedVessel.value)
    if (chosen >= 0) this.name(g, f, chosen)
    for (const a of marked) {
      const place = a.severity >= 3 || f.zoom > NAMES_FROM_ZOOM ? this.place(a) : null
      if (place && place[2] >= 0) this.name(g, f, place[2])
    }
    if (!layers.value.names || f.zoom < NAMES_FROM_ZOOM) return
    for (let k = 0; k < this.boats.shown; k++) this.name(g, f, this.boats.visible[k])
  }

  private name(g: CanvasRenderingContext2D, f: Frame, row: number): void {
    const text = nameOf(this.fleet.id[row]).slice(0, LONGEST_NAME)
    const x = px(f, this.fleet.x[row]) + 20
    const y = py(f, this.fleet.y[row]) - 15
    const box: [number, number, number, number] = [x, y - 8, x + g.measureText(text).width, y + 8]
    if (x > f.width || y > f.height || x < -200 || y < 0 || this.taken.some((t) => overlap(t, box))) return
    this.taken.push(box)
    haloText(g, text, x, y, chart().text, chart().halo)
  }
}

const overlap = (a: number[], b: number[]): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]

/** What is over waits to be confirmed in the list, but no longer flashes on the map. */
const calls = (a: Alert): boolean => a.status !== 'cleared' && (wantsAttention(a) || isUnassigned(a))

/** Half of each second; quiet when nothing calls, so that nothing is redrawn for it. */
function phase(): number {
  const calling = [...worstByVessel.value.values()].some(calls)
  return calling && !calm.matches ? Math.floor(Date.now() / 500) % 2 : 0
}

/** A number for each object seen: a signature that costs nothing to compare. */
const numbers = new WeakMap<object, number>()
let counted = 0
function changes(what: object | null): number {
  if (!what) return 0
  const known = numbers.get(what)
  if (known) return known
  numbers.set(what, ++counted)
  return counted
}

export function drawMark(g: CanvasRenderingContext2D, x: number, y: number, r: number, severity: Severity, width: number, solid: boolean, over = false): void {
  const corners = outline(LEVELS[severity].shape, r)
  g.beginPath()
  if (corners) corners.forEach(([dx, dy]) => g.lineTo(x + dx, y + dy))
  else g.arc(x, y, r * 1.05, 0, 2 * Math.PI)
  g.closePath()
  g.lineJoin = 'round'
  // Broken and hollow: the danger is over.
  g.setLineDash(over ? [4, 4] : [])
  g.strokeStyle = chart().casing
  g.lineWidth = over ? width + 1 : width + 2.6
  g.stroke()
  g.strokeStyle = g.fillStyle = chart().levels[severity]
  g.lineWidth = over ? width - 0.5 : width
  g.stroke()
  g.setLineDash([])
  if (solid && !over) g.fill()
}

function drawTrail(g: CanvasRenderingContext2D, f: Frame, { x, y, t }: Trail): void {
  if (x.length < 2) return
  const heard = new Path2D()
  const silent = new Path2D()
  for (let i = 1; i < x.length; i++) {
    const path = t[i] - t[i - 1] > GAP_MS ? silent : heard
    path.moveTo(px(f, x[i - 1]), py(f, y[i - 1]))
    path.lineTo(px(f, x[i]), py(f, y[i]))
  }
  g.lineCap = 'round'
  for (const [colour, width] of [[chart().halo, 5], [chart().trail, 2.2]] as const) {
    g.strokeStyle = colour
    g.lineWidth = width
    g.stroke(heard)
    g.setLineDash([2, 7])
    g.stroke(silent)
    g.setLineDash([])
  }
  times(g, f, { x, y, t })
}

/** A dot each half hour with its time: how fast it was can be read off the spacing. */
function times(g: CanvasRenderingContext2D, f: Frame, { x, y, t }: { x: number[]; y: number[]; t: number[] }): void {
  const c = chart()
  g.font = SMALL_FONT
  g.textBaseline = 'middle'
  let labelled = { x: -1e9, y: -1e9 }
  for (let i = 1; i < t.length; i++) {
    const mark = Math.floor(t[i] / DOT_EVERY_MS) * DOT_EVERY_MS
    if (mark <= t[i - 1] || t[i] - t[i - 1] > GAP_MS) continue
    const part = (mark - t[i - 1]) / (t[i] - t[i - 1])
    const [sx, sy] = [px(f, x[i - 1] + part * (x[i] - x[i - 1])), py(f, y[i - 1] + part * (y[i] - y[i - 1]))]
    g.beginPath()
    g.arc(sx, sy, 3, 0, 2 * Math.PI)
    g.fillStyle = c.trail
    g.fill()
    if (Math.hypot(sx - labelled.x, sy - labelled.y) < 46) continue
    labelled = { x: sx, y: sy }
    haloText(g, shortTime(mark, now.peek()), sx + 7, sy + 8, c.text, c.halo)
  }
}

