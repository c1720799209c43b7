/** A map layer that draws on a canvas of its own, in CSS pixels, north up. */
import Layer from 'ol/layer/Layer'
import type { FrameState } from 'ol/Map'

/** The part of a frame that drawing needs, with the way from metres to pixels. */
export interface Frame {
  width: number
  height: number
  ratio: number
  resolution: number
  zoom: number
  west: number
  north: number
}

export const px = (f: Frame, x: number): number => (x - f.west) / f.resolution
export const py = (f: Frame, y: number): number => (f.north - y) / f.resolution

export abstract class CanvasLayer extends Layer {
  readonly canvas = document.createElement('canvas')
  /** A bare canvas would be drawn on by the map's next layer. */
  private readonly box = document.createElement('div')
  private drawn = ''

  constructor(zIndex: number) {
    super({ zIndex })
    this.box.className = 'overlay'
    this.box.append(this.canvas)
  }

  /** What the drawing depends on beside the view; the same text means the same picture. */
  protected abstract signature(): string
  protected abstract draw(g: CanvasRenderingContext2D, frame: Frame): void

  override render(state: FrameState | null): HTMLElement {
    if (!state) return this.box
    const frame = frameOf(state)
    const signature = [frame.width, frame.height, frame.ratio, frame.resolution, frame.west, frame.north, this.signature()].join()
    if (signature === this.drawn) return this.box
    this.drawn = signature
    this.fit(frame)
    const g = this.canvas.getContext('2d')!
    g.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0)
    g.clearRect(0, 0, frame.width, frame.height)
    this.draw(g, frame)
    return this.box
  }

  private fit({ width, height, ratio }: Frame): void {
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (this.canvas.width === w && this.canvas.height === h) return
    this.canvas.width = w
    this.canvas.height = h
    this.canvas.style.width = `${width}px`
    this.canvas.style.height = `${height}px`
  }
}

function frameOf(state: FrameState): Frame {
  const [width, height] = state.size
  const { center, resolution, zoom } = state.viewState
  return {
    width, height, resolution, zoom,
    ratio: state.pixelRatio,
    west: center[0] - (width / 2) * resolution,
    north: center[1] + (height / 2) * resolution,
  }
}

export function haloText(g: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, halo: string): void {
  g.lineJoin = 'round'
  g.lineWidth = 3
  g.strokeStyle = halo
  g.strokeText(text, x, y)
  g.fillStyle = colour
  g.fillText(text, x, y)
}
