/** Sea grids and zones: outlines that stay behind the boats. Restricted areas are magenta, as on a chart. */
import Feature from 'ol/Feature'
import GeoJSON from 'ol/format/GeoJSON'
import VectorImageLayer from 'ol/layer/VectorImage'
import VectorSource from 'ol/source/Vector'
import { Fill, Stroke, Style, Text } from 'ol/style'
import { get } from '../api'
import { either } from '../i18n'
import { serverNow } from '../clock'
import { inSeason, type Season } from '../season'
import { chart } from './palette'

const READER = new GeoJSON({ featureProjection: 'EPSG:3857' })
const GRID_NAMES_BELOW = 190 // metres a pixel
const ZONE_NAMES_BELOW = 420
const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", system-ui, sans-serif'

type Layer = VectorImageLayer<VectorSource>

/** Read again now and then: a zone may be edited while the page is open. */
export async function refresh(layer: Layer, path: '/grids' | '/zones'): Promise<void> {
  const features = READER.readFeatures(await get<object>(path)) as Feature[]
  const source = layer.getSource()!
  source.clear(true)
  source.addFeatures(features.filter((f) => f.get('kind') !== 'coverage' && !f.get('ended')))
}

const layerOf = (zIndex: number, style: (f: Feature, resolution: number) => Style): Layer =>
  new VectorImageLayer({
    source: new VectorSource(), imageRatio: 1.4, zIndex, declutter: true,
    style: (f, resolution) => style(f as Feature, resolution),
  })

export const gridLayer = (): Layer => layerOf(2, gridStyle)
export const zoneLayer = (): Layer => layerOf(3, zoneStyle)

const nameOf = (f: Feature): string => either(f.get('name') as string, f.get('name_en') as string)

function gridStyle(f: Feature, resolution: number): Style {
  const c = chart()
  return new Style({
    stroke: new Stroke({ color: `${c.grid}aa`, width: 1 }),
    text: resolution < GRID_NAMES_BELOW ? label(nameOf(f), c.grid, c.halo, 12) : undefined,
  })
}

function zoneStyle(f: Feature, resolution: number): Style {
  const c = chart()
  const kind = f.get('kind') as string
  const open = f.getGeometry()!.getType().includes('Line')
  const colour = kind === 'port' ? c.port : open ? c.line : c.restricted
  const wide = kind === 'moratorium' || kind === 'boundary'
  const rests = !inSeason(f.get('season') as Season[] | null, serverNow())
  return new Style({
    stroke: new Stroke({ color: rests ? `${colour}55` : colour, width: open ? 2 : 1.4, lineDash: kind === 'port' ? undefined : open ? [12, 5, 2, 5] : [7, 4] }),
    fill: open || wide || rests ? undefined : new Fill({ color: `${colour}14` }),
    text: resolution < ZONE_NAMES_BELOW ? label(nameOf(f), colour, c.halo, 12, open) : undefined,
  })
}

function label(text: string, colour: string, halo: string, size: number, along = false): Text {
  return new Text({
    text, font: `${size}px ${FONT}`, placement: along ? 'line' : 'point', overflow: false, repeat: along ? 600 : undefined,
    fill: new Fill({ color: colour }), stroke: new Stroke({ color: halo, width: 3 }),
  })
}
