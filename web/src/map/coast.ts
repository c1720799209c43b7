/** Land and sea as map features: coarse for the world, fine around Hainan. */
import Feature from 'ol/Feature'
import MultiLineString from 'ol/geom/MultiLineString'
import Polygon, { fromExtent } from 'ol/geom/Polygon'
import VectorImageLayer from 'ol/layer/VectorImage'
import VectorSource from 'ol/source/Vector'
import { Fill, Stroke, Style } from 'ol/style'
import { coastLines } from './coastlines'
import { loadLand, mercator, unpack, type Land, type Piece } from './landdata'
import { chart } from './palette'

const BACKDROP = 0
const WATER = 1
const NEAR = 2

function features({ scale, near, far }: Land): Feature[] {
  const [w, s, e, n] = near.box
  const water = fromExtent([...mercator([w, s]), ...mercator([e, n])])
  return [...shapes(far, scale, BACKDROP), new Feature({ geometry: water, z: WATER, part: 'water' }), ...shapes(near, scale, NEAR)]
}

function shapes({ box, rings }: Piece, scale: number, z: number): Feature[] {
  const shores = rings.map((deltas) => unpack(deltas, scale))
  const lines = shores.flatMap((ring) => coastLines(ring, box)).map((line) => line.map(mercator))
  return [
    ...shores.map((ring) => new Feature({ geometry: new Polygon([[...ring, ring[0]].map(mercator)]), z, part: 'fill' })),
    new Feature({ geometry: new MultiLineString(lines), z: z + 0.5, part: 'coast' }),
  ]
}

export function coastLayer(): VectorImageLayer<VectorSource> {
  const source = new VectorSource()
  loadLand().then((land) => source.addFeatures(features(land))).catch(() => {})
  return new VectorImageLayer({ source, imageRatio: 1.4, zIndex: 0, style: styleOf })
}

function styleOf(feature: { get(key: string): unknown }): Style {
  const c = chart()
  const zIndex = feature.get('z') as number
  switch (feature.get('part')) {
    case 'water': return new Style({ zIndex, fill: new Fill({ color: c.sea }) })
    case 'fill': return new Style({ zIndex, fill: new Fill({ color: c.land }) })
    default: return new Style({ zIndex, stroke: new Stroke({ color: c.coast, width: 1.1 }) })
  }
}
