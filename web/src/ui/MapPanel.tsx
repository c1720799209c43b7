/** The map on the page, with its few controls around the edge. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { now } from '../clock'
import { ago, t } from '../i18n'
import { fleet } from '../live/feed'
import { Chart } from '../map/chart'
import { chartOnPage } from '../map/handle'
import { fade } from '../map/symbols'
import { layers, LAYERS, palette } from '../prefs'
import { following, hovered, selectedVessel } from '../selection'
import { WORST_FIRST } from '../severity'
import { nameOf } from '../vessels'
import { Glyph, Icon, IconButton } from './bits'
import { chart } from '../map/palette'

export default function MapPanel() {
  const target = useRef<HTMLDivElement>(null)
  const scale = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const made = (chartOnPage.value = new Chart(target.current!, scale.current!))
    const watch = new ResizeObserver(() => made.map.updateSize())
    watch.observe(target.current!)
    return () => {
      watch.disconnect()
      made.close()
      chartOnPage.value = null
    }
  }, [])
  return (
    <section class="map-panel" aria-label={t('map')}>
      <div class="map" ref={target} tabIndex={0} role="application" aria-label={t('map')} />
      <Tip />
      <MapButtons />
      <Legend />
      {following.value && selectedVessel.value !== null && (
        <button type="button" class="following" onClick={() => { following.value = false }}><Icon name="follow" />{t('m_following', { name: nameOf(selectedVessel.value) })}<Icon name="close" size={12} /></button>
      )}
      <div class="map-foot"><span class="credit">{t('m_credit')}</span><div ref={scale} /></div>
    </section>
  )
}

const TIP_PX = 220

function Tip() {
  void [fleet.version.value, now.value]
  const at = hovered.value
  const row = at ? fleet.row(at.vessel) : -1
  if (!at || row < 0) return null
  const [sog, cog, age] = [fleet.sog[row], fleet.cog[row], Date.now() - fleet.fixed[row]]
  const [width, height] = chartOnPage.value?.map.getSize() ?? [Infinity, Infinity]
  const [left, above] = [at.x > width - TIP_PX, at.y > height - TIP_PX / 2]
  const shift = `translate(${at.x + (left ? -14 : 14)}px, ${at.y + (above ? -12 : 12)}px) translate(${left ? '-100%' : '0'}, ${above ? '-100%' : '0'})`
  return (
    <div class="tip" style={{ transform: shift }}>
      <b>{nameOf(at.vessel)}</b>
      <span>{Number.isNaN(sog) ? '–' : sog.toFixed(1)} {t('unit_kn')} · {Number.isNaN(cog) ? '–' : Math.round(cog)}°</span>
      <span class={fade(age) ? 'stale' : ''}>{ago(age)}</span>
    </div>
  )
}

function MapButtons() {
  const open = useSignal(false)
  return (
    <div class="map-buttons">
      <IconButton icon="plus" label={t('m_zoom_in')} onClick={() => chartOnPage.value?.zoomBy(1)} />
      <IconButton icon="minus" label={t('m_zoom_out')} onClick={() => chartOnPage.value?.zoomBy(-1)} />
      <IconButton icon="home" label={t('m_home')} onClick={() => chartOnPage.value?.home()} />
      <IconButton icon="layers" label={t('m_layers')} aria-expanded={open.value} onClick={() => { open.value = !open.value }} />
      {open.value && (
        <fieldset class="layer-sheet">
          <legend>{t('m_layers')}</legend>
          {LAYERS.map((name) => (
            <label key={name}>
              <input type="checkbox" checked={layers.value[name]} onChange={(e) => { layers.value = { ...layers.value, [name]: e.currentTarget.checked } }} />
              {t(`m_layer_${name}`)}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  )
}

/** Vessel colours by group (see map/symbols.ts). */
const GROUPS = [[0, 'fishing'], [2, 'merchant'], [3, 'passenger'], [4, 'service'], [5, 'beacon'], [5, 'base'], [6, 'unknown']] as const
const SHIP = 'M0-7 4 5 0 3-4 5Z'
const OUTLINES: Record<string, string> = { beacon: 'M0-5 5 0 0 5-5 0Z', base: 'M-4-4H4V4H-4Z' }
const DOT = 'M4 0A4 4 0 1 1-4 0A4 4 0 1 1 4 0Z'

function Legend() {
  const open = useSignal(false)
  void palette.value
  return (
    <div class="legend">
      <button type="button" aria-expanded={open.value} onClick={() => { open.value = !open.value }}>{t('m_legend')}</button>
      {open.value && (
        <div class="legend-sheet">
          <ul>{WORST_FIRST.map((s) => <li key={s}><Glyph severity={s} size={15} />{t(`sev_${s}`)} · {t(`sev_${s}_word`)}</li>)}</ul>
          <ul>{GROUPS.map(([group, name]) => <li key={name}><svg width="15" height="15" viewBox="-8 -8 16 16"><path d={OUTLINES[name] ?? SHIP} fill={chart().vessels[group]} /></svg>{t(`class_${name}`)}</li>)}
            <li><svg width="15" height="15" viewBox="-8 -8 16 16"><path d={DOT} fill={chart().vessels[0]} /></svg>{t('m_legend_stopped')}</li></ul>
          <p>{t('m_stale_legend')} · {t('m_legend_over')}</p>
        </div>
      )}
    </div>
  )
}
