/** All vessels on one canvas, from the fleet's columns.
 *
 * Up to MANY in view they are drawn as paths, anti-aliased; beyond that their pixels are copied
 * from prepared sprites, which without a GPU is the only way that keeps up.
 */
import { serverNow } from '../clock'
import type { Fleet } from '../live/fleet'
import { layers, palette } from '../prefs'
import { CanvasLayer, px, py, type Frame } from './canvaslayer'
import { chart } from './palette'
import { Sprites } from './sprites'
import { FADED, fade, group, GROUPS, size, symbol, trace } from './symbols'

const MANY = 4000
const CASED = 1500
const MARGIN = 12
const FADE_EVERY_MS = 20_000
const SHIPS_A_PATH = 100
/** Fishing boats and calls for help stay when "other vessels" is off. */
const OUR_GROUPS = new Set([0, 1, 7])

export class FleetLayer extends CanvasLayer {
  /** Rows in view and where they are on the screen: what a hit test looks through. */
  visible = new Int32Array(0)
  shown = 0
  screenX = new Float32Array(0)
  screenY = new Float32Array(0)
  private sprites = new Sprites()

  constructor(zIndex: number, private readonly fleet: Fleet) {
    super(zIndex)
  }

  protected signature = (): string =>
    `${this.fleet.version.value},${palette.value},${layers.value.others},${Math.floor(serverNow() / FADE_EVERY_MS)}`

  protected draw(g: CanvasRenderingContext2D, frame: Frame): void {
    this.project(frame)
    if (this.shown > MANY) this.sprites.paint(g, frame, this.fleet, this)
    else this.paths(g, frame)
  }

  /** The vessel nearest to a pixel; -1 when none is within reach. */
  at(x: number, y: number, reach: number): number {
    let best = -1
    let nearest = reach * reach
    for (let k = 0; k < this.shown; k++) {
      const d = (this.screenX[k] - x) ** 2 + (this.screenY[k] - y) ** 2
      if (d < nearest) {
        nearest = d
        best = this.visible[k]
      }
    }
    return best
  }

  private project(f: Frame): void {
    const { fleet } = this
    if (this.visible.length < fleet.size) {
      this.visible = new Int32Array(fleet.id.length)
      this.screenX = new Float32Array(fleet.id.length)
      this.screenY = new Float32Array(fleet.id.length)
    }
    const others = layers.value.others
    let n = 0
    for (let i = 0; i < fleet.size; i++) {
      const x = px(f, fleet.x[i])
      const y = py(f, fleet.y[i])
      if (x < -MARGIN || y < -MARGIN || x > f.width + MARGIN || y > f.height + MARGIN) continue
      if (!others && !OUR_GROUPS.has(group(fleet.kind[i], fleet.flags[i]))) continue
      this.visible[n] = i
      this.screenX[n] = x
      this.screenY[n++] = y
    }
    this.shown = n
  }

  /** One fill a group of a hundred: a single huge path is slower than many small ones. */
  private paths(g: CanvasRenderingContext2D, f: Frame): void {
    const buckets = this.buckets()
    const cased = this.shown <= CASED
    g.lineWidth = 2
    g.lineJoin = 'round'
    g.strokeStyle = chart().halo
    buckets.forEach((ks, bucket) => {
      g.globalAlpha = FADED[Math.floor(bucket / GROUPS)]
      g.fillStyle = chart().vessels[bucket % GROUPS]
      for (let from = 0; from < ks.length; from += SHIPS_A_PATH) this.fill(g, f, ks.slice(from, from + SHIPS_A_PATH), cased)
    })
    g.globalAlpha = 1
  }

  private fill(g: CanvasRenderingContext2D, f: Frame, ks: number[], cased: boolean): void {
    const { fleet } = this
    g.beginPath()
    for (const k of ks) {
      const i = this.visible[k]
      const what = symbol(fleet.kind[i], fleet.sog[i], fleet.cog[i])
      trace(g, what, this.screenX[k], this.screenY[k], size(f.zoom, fleet.flags[i]), fleet.cog[i])
    }
    if (cased) g.stroke()
    g.fill()
  }

  /** Positions in `visible` by fade and colour, oldest first so that fresh ones lie on top. */
  private buckets(): number[][] {
    const { fleet } = this
    const now = Date.now()
    const all: number[][] = Array.from({ length: GROUPS * FADED.length }, () => [])
    for (let k = 0; k < this.shown; k++) {
      const i = this.visible[k]
      all[fade(now - fleet.fixed[i]) * GROUPS + group(fleet.kind[i], fleet.flags[i])].push(k)
    }
    return all
  }
}
