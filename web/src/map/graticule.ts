/** Parallels and meridians with their degrees at the right and bottom edges. */
import { dm, graticuleStep, latOf, lonOf, mercatorX, mercatorY } from '../geo'
import { layers, palette } from '../prefs'
import { CanvasLayer, haloText, px, py, type Frame } from './canvaslayer'
import { chart } from './palette'

export class GraticuleLayer extends CanvasLayer {
  protected signature = (): string => `${layers.value.graticule}${palette.value}`

  protected draw(g: CanvasRenderingContext2D, f: Frame): void {
    if (!layers.value.graticule) return
    const step = graticuleStep(f.resolution)
    const meridians = between(lonOf(f.west), lonOf(f.west + f.width * f.resolution), step)
    const parallels = between(latOf(f.north - f.height * f.resolution), latOf(f.north), step)
    const xs = meridians.map((lon) => Math.round(px(f, mercatorX(lon))) + 0.5)
    const ys = parallels.map((lat) => Math.round(py(f, mercatorY(lat))) + 0.5)
    this.lines(g, f, xs, ys)
    this.labels(g, f, meridians.map((lon, i) => [dm(lon, 'lon'), xs[i]]), parallels.map((lat, i) => [dm(lat, 'lat'), ys[i]]))
  }

  private lines(g: CanvasRenderingContext2D, f: Frame, xs: number[], ys: number[]): void {
    g.beginPath()
    for (const x of xs) {
      g.moveTo(x, 0)
      g.lineTo(x, f.height)
    }
    for (const y of ys) {
      g.moveTo(0, y)
      g.lineTo(f.width, y)
    }
    g.strokeStyle = chart().graticule
    g.lineWidth = 1
    g.stroke()
  }

  private labels(g: CanvasRenderingContext2D, f: Frame, meridians: [string, number][], parallels: [string, number][]): void {
    const { text, halo } = chart()
    g.font = '11px system-ui, sans-serif'
    g.globalAlpha = 0.75
    g.textBaseline = 'bottom'
    for (const [label, x] of meridians) haloText(g, short(label), x + 4, f.height - 4, text, halo)
    g.textAlign = 'right'
    for (const [label, y] of parallels) haloText(g, short(label), f.width - 6, y - 3, text, halo)
    g.textAlign = 'left'
    g.globalAlpha = 1
  }
}

/** 18°30.00′N -> 18°30′N */
const short = (label: string): string => label.replace(/\.00′/, '′').replace(/°00′/, '°')

function between(low: number, high: number, step: number): number[] {
  const all: number[] = []
  for (let k = Math.ceil(low / step); k * step <= high && all.length < 200; k++) all.push(k * step)
  return all
}
