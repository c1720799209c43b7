/** Thousands of vessels by copying pixels: every colour, heading and fade drawn once, then blitted. */
import type { Fleet } from '../live/fleet'
import { palette } from '../prefs'
import type { Frame } from './canvaslayer'
import { chart } from './palette'
import { fade, FADED, group, GROUPS, symbol, trace } from './symbols'

const BEARINGS = 36
const COLUMNS = BEARINGS + 1 // the last is the dot of a boat at rest
const RADIUS = 4.4

interface InView { shown: number; visible: Int32Array; screenX: Float32Array; screenY: Float32Array }

export class Sprites {
  private key = ''
  private side = 0
  private stride = 0
  private sheet = new Uint32Array(0)
  private image: ImageData | null = null

  paint(g: CanvasRenderingContext2D, f: Frame, fleet: Fleet, view: InView): void {
    this.prepare(f.ratio)
    const { width, height } = g.canvas
    if (this.image?.width !== width || this.image.height !== height) this.image = g.createImageData(width, height)
    const out = new Uint32Array(this.image.data.buffer).fill(0)
    const now = Date.now()
    for (let k = 0; k < view.shown; k++) {
      const i = view.visible[k]
      const row = fade(now - fleet.fixed[i]) * GROUPS + group(fleet.kind[i], fleet.flags[i])
      const moving = symbol(fleet.kind[i], fleet.sog[i], fleet.cog[i]) === 'ship'
      const column = moving ? Math.round(fleet.cog[i] / (360 / BEARINGS)) % BEARINGS : BEARINGS
      this.copy(out, width, height, row, column, Math.round(view.screenX[k] * f.ratio), Math.round(view.screenY[k] * f.ratio))
    }
    g.putImageData(this.image, 0, 0)
  }

  private copy(out: Uint32Array, width: number, height: number, row: number, column: number, x: number, y: number): void {
    const { side, stride, sheet } = this
    const left = x - (side >> 1)
    const top = y - (side >> 1)
    if (left < 0 || top < 0 || left + side > width || top + side > height) return
    for (let line = 0; line < side; line++) {
      let from = (row * side + line) * stride + column * side
      let to = (top + line) * width + left
      for (const end = to + side; to < end; to++, from++) if (sheet[from] >>> 24 > 40) out[to] = sheet[from]
    }
  }

  private prepare(ratio: number): void {
    const key = `${ratio}${palette.value}`
    if (key === this.key) return
    this.key = key
    this.side = Math.ceil(RADIUS * 1.6 * ratio) * 2 + 3
    this.stride = this.side * COLUMNS
    const canvas = document.createElement('canvas')
    canvas.width = this.stride
    canvas.height = this.side * GROUPS * FADED.length
    const g = canvas.getContext('2d', { willReadFrequently: true })!
    for (let row = 0; row < GROUPS * FADED.length; row++) this.drawRow(g, row, ratio)
    this.sheet = new Uint32Array(g.getImageData(0, 0, canvas.width, canvas.height).data.buffer)
  }

  private drawRow(g: CanvasRenderingContext2D, row: number, ratio: number): void {
    g.fillStyle = chart().vessels[row % GROUPS]
    g.globalAlpha = FADED[Math.floor(row / GROUPS)]
    for (let column = 0; column < COLUMNS; column++) {
      const [x, y] = [(column + 0.5) * this.side, (row + 0.5) * this.side]
      g.beginPath()
      trace(g, column === BEARINGS ? 'dot' : 'ship', x, y, RADIUS * ratio, column * (360 / BEARINGS))
      g.fill()
    }
  }
}
