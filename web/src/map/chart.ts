/** The map itself: layers, view, pointer and address, without any user interface around it. */
import { effect } from '@preact/signals'
import OlMap from 'ol/Map'
import View from 'ol/View'
import ScaleLine from 'ol/control/ScaleLine'
import { createEmpty, isEmpty } from 'ol/extent'
import { fromLonLat, toLonLat } from 'ol/proj'
import 'ol/ol.css'
import { placeShown } from '../address'
import { alerts } from '../alerts/store'
import { mercatorX, mercatorY } from '../geo'
import { language } from '../i18n'
import { fleet } from '../live/feed'
import { layers, palette } from '../prefs'
import { folded, page, phone, tab } from '../screen'
import { following, hovered, selectedAlert, selectedVessel, selectVessel } from '../selection'
import type { Place } from '../url'
import { gridLayer, refresh, zoneLayer } from './areas'
import { coastLayer } from './coast'
import { FleetLayer } from './fleetlayer'
import { GraticuleLayer } from './graticule'
import { MarksLayer } from './marks'
import { followTrail, trail } from './trail'

const HOME: Place = { zoom: 9.2, lat: 18.2, lon: 109.15 }
const REACH = 14
const TOUCH_REACH = 26
const CLOSE_ZOOM = 11.5
const AREAS_EVERY_MS = 300_000
const HARDEST_RATIO = 2
const DRAWER_PX = 422
const FOLDED_PX = 160
const EDGE_PX = 48
const touch = matchMedia('(pointer: coarse)')

export class Chart {
  readonly map: OlMap
  private readonly boats = new FleetLayer(5, fleet)
  private readonly grids = gridLayer()
  private readonly zones = zoneLayer()
  private readonly stops: (() => void)[] = []
  /** Somebody has said where to look; the first view must not overrule them. */
  private sent = false
  /** The selection that was last brought into view. */
  private revealed = ''

  constructor(target: HTMLElement, scale: HTMLElement) {
    const asked = placeShown.peek()
    const start = asked ?? HOME
    const coast = coastLayer()
    const marks = new MarksLayer(6, fleet, this.boats)
    this.map = new OlMap({
      target,
      layers: [coast, new GraticuleLayer(1), this.grids, this.zones, this.boats, marks],
      controls: [new ScaleLine({ units: 'nautical', target: scale, minWidth: 72 })],
      pixelRatio: Math.min(devicePixelRatio, touch.matches ? 1.5 : HARDEST_RATIO),
      view: new View({ center: fromLonLat([start.lon, start.lat]), zoom: start.zoom, minZoom: 3, maxZoom: 17, enableRotation: false }),
    })
    this.pointer(target)
    this.react(coast)
    this.areas(asked === null)
  }

  close(): void {
    this.stops.forEach((stop) => stop())
    this.map.setTarget(undefined)
  }

  zoomBy(steps: number): void {
    const view = this.map.getView()
    view.animate({ zoom: (view.getZoom() ?? HOME.zoom) + steps, duration: 180 })
  }

  /** All sea grids in view, or the usual place where there are none. */
  home(): void {
    const extent = this.grids.getSource()?.getExtent() ?? createEmpty()
    const view = this.map.getView()
    if (isEmpty(extent)) view.animate({ center: fromLonLat([HOME.lon, HOME.lat]), zoom: HOME.zoom, duration: 300 })
    else view.fit(extent, { padding: [40, 40, 60, 40], duration: 300 })
  }

  show({ zoom, lat, lon }: Place): void {
    const view = this.map.getView()
    view.setCenter(fromLonLat([lon, lat]))
    view.setZoom(zoom)
  }

  goTo(x: number, y: number): void {
    this.sent = true
    const view = this.map.getView()
    const zoom = Math.max(view.getZoom() ?? 0, CLOSE_ZOOM)
    view.animate({ center: [x, y], zoom, duration: 350 })
  }

  /** To the boat where it is now, or to where the alert was raised. */
  locate(vessel: number | null, lon: number | null, lat: number | null): void {
    const row = vessel === null ? -1 : fleet.row(vessel)
    if (row >= 0) this.goTo(fleet.x[row], fleet.y[row])
    else if (lon !== null && lat !== null) this.goTo(mercatorX(lon), mercatorY(lat))
  }

  /** For tests: where a vessel is on the page, in CSS pixels of the map. */
  pixelOf(vessel: number): [number, number] | null {
    const row = fleet.row(vessel)
    const pixel = row < 0 ? null : this.map.getPixelFromCoordinate([fleet.x[row], fleet.y[row]])
    return pixel ? [pixel[0], pixel[1]] : null
  }

  private pointer(target: HTMLElement): void {
    this.map.on('pointermove', ({ pixel, dragging }) => {
      const row = dragging || touch.matches ? -1 : this.boats.at(pixel[0], pixel[1], REACH)
      hovered.value = row < 0 ? null : { vessel: fleet.id[row], x: pixel[0], y: pixel[1] }
      target.classList.toggle('pointing', row >= 0)
    })
    this.map.on('click', ({ pixel }) => {
      const row = this.boats.at(pixel[0], pixel[1], touch.matches ? TOUCH_REACH : REACH)
      if (row < 0) return
      folded.value = phone.value
      selectVessel(fleet.id[row])
    })
    this.map.on('pointerdrag', () => {
      following.value = false
      hovered.value = null
    })
    target.addEventListener('pointerleave', () => { hovered.value = null })
  }

  private react(coast: ReturnType<typeof coastLayer>): void {
    const restyle = [coast, this.grids, this.zones]
    const flash = setInterval(() => this.map.render(), 500)
    this.map.on('moveend', () => this.tellPlace())
    this.stops.push(
      () => clearInterval(flash),
      followTrail(),
      effect(() => {
        void palette.value
        void language.value
        restyle.forEach((layer) => layer.changed())
      }),
      effect(() => {
        this.grids.setVisible(layers.value.grids)
        this.zones.setVisible(layers.value.zones)
      }),
      effect(() => {
        void [fleet.version.value, alerts.value, selectedVessel.value, selectedAlert.value, layers.value, trail.value]
        this.map.render()
      }),
      effect(() => this.keepUp()),
      effect(() => {
        // The middle of the map is the middle of what the details leave free.
        const covered = selectedAlert.value !== null || selectedVessel.value !== null
        const [right, bottom] = phone.value ? [0, covered ? FOLDED_PX : 0] : [covered ? DRAWER_PX : 0, 0]
        this.map.getView().padding = [0, right, bottom, 0]
      }),
      effect(() => this.reveal()),
    )
  }

  /** What is selected comes into the part of the map that the details leave free, once. */
  private reveal(): void {
    void [fleet.version.value, alerts.value]
    const [alert, vessel] = [selectedAlert.value, selectedVessel.value]
    const key = `${alert},${vessel}`
    if (phone.value ? tab.value !== 'map' : page.value !== 'watch') return
    if (key === this.revealed) return
    const at = this.placeOf(alert, vessel)
    if (!at && (alert !== null || vessel !== null)) return
    this.revealed = key
    if (at) requestAnimationFrame(() => this.bring(at))
  }

  private placeOf(alert: number | null, vessel: number | null): [number, number] | null {
    const a = alert === null ? undefined : alerts.value.get(alert)
    const row = fleet.row(vessel ?? a?.vessel?.id ?? -1)
    if (row >= 0) return [fleet.x[row], fleet.y[row]]
    return a && a.lon !== null && a.lat !== null ? [mercatorX(a.lon), mercatorY(a.lat)] : null
  }

  private bring(at: [number, number]): void {
    this.map.updateSize()
    const [width, height] = this.map.getSize() ?? [0, 0]
    const [top, right, bottom, left] = this.map.getView().padding ?? [0, 0, 0, 0]
    if (width * height === 0) return
    this.map.renderSync()
    const pixel = this.map.getPixelFromCoordinate(at)
    const inside = pixel && pixel[0] > left + EDGE_PX && pixel[0] < width - right - EDGE_PX
      && pixel[1] > top + EDGE_PX && pixel[1] < height - bottom - EDGE_PX
    this.sent = true
    if (!inside) this.map.getView().animate({ center: at, duration: 300 })
  }

  private keepUp(): void {
    void fleet.version.value
    const row = following.value && selectedVessel.value !== null ? fleet.row(selectedVessel.value) : -1
    if (row >= 0) this.map.getView().animate({ center: [fleet.x[row], fleet.y[row]], duration: 300 })
  }

  private areas(toHome: boolean): void {
    const load = (first: boolean) => {
      const grids = refresh(this.grids, '/grids').then(() => {
        if (first && toHome && !this.sent) this.home()
      })
      void Promise.all([grids, refresh(this.zones, '/zones')]).catch(() => {})
    }
    load(true)
    const timer = setInterval(() => load(false), AREAS_EVERY_MS)
    this.stops.push(() => clearInterval(timer))
  }

  private tellPlace(): void {
    const view = this.map.getView()
    const [lon, lat] = toLonLat(view.getCenter() ?? [0, 0])
    placeShown.value = { zoom: view.getZoom() ?? HOME.zoom, lat, lon }
  }
}
