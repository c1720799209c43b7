/** One vessel: how it moves now, who it is, what is open about it. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { explain } from '../alerts/actions'
import { sorted } from '../alerts/store'
import { get } from '../api'
import { now } from '../clock'
import { position } from '../geo'
import { ago, either, t, term } from '../i18n'
import { IN_PORT } from '../live/decode'
import { fleet } from '../live/feed'
import { locate } from '../map/handle'
import { fade } from '../map/symbols'
import { selectVessel } from '../selection'
import type { VesselDetail } from '../types'
import { nameOf } from '../vessels'
import { FollowButton } from './AlertDrawer'
import { AlertRow } from './AlertRow'
import { Call, Fact, Facts, Icon, IconButton } from './bits'

/** Speed, course, and above all how old that is. */
export function Motion({ vessel }: { vessel: number }) {
  void [fleet.version.value, now.value]
  const row = fleet.row(vessel)
  if (row < 0) return <p class="drawer-note">{t('v_no_fix')}</p>
  const age = Date.now() - fleet.fixed[row]
  const [sog, cog] = [fleet.sog[row], fleet.cog[row]]
  return (
    <>
      <div class="motion">
        <div><small>{t('v_speed')}</small><b>{Number.isNaN(sog) ? '–' : sog.toFixed(1)}</b> {t('unit_kn')}</div>
        <div><small>{t('v_course')}</small><b>{Number.isNaN(cog) ? '–' : String(Math.round(cog) % 360).padStart(3, '0')}</b>°</div>
        <div class={fade(age) ? 'stale' : ''}><small>{t('v_fix')}</small><b>{ago(age)}</b></div>
      </div>
      <p class="motion-where figures">{position(fleet.lon[row], fleet.lat[row])}{fleet.flags[row] & IN_PORT ? ` · ${t('v_in_port')}` : ''}{fade(age) === 2 && <span class="tag warn">{t('v_stale')}</span>}</p>
    </>
  )
}

export function VesselCard({ id }: { id: number }) {
  const detail = useSignal<VesselDetail | null>(null)
  const error = useSignal('')
  useEffect(() => {
    let stale = false
    detail.value = null
    get<VesselDetail>(`/vessels/${id}`).then(
      (v) => { if (!stale) { detail.value = v; error.value = '' } },
      (problem: unknown) => { if (!stale) error.value = explain(problem) },
    )
    return () => { stale = true }
  }, [id])
  const open = sorted.value.filter((a) => a.vessel?.id === id)
  const v = detail.value
  return (
    <aside class="drawer" aria-label={t('v_details')}>
      <header class="drawer-head">
        <div>
          <p><span class="tag">{term('class', v?.class ?? 'unknown')}</span>{v?.registered && <span class="tag">{t('v_registered')}</span>}</p>
          <h2>{v?.name || nameOf(id)}</h2>
        </div>
        <IconButton icon="close" label={t('d_close')} onClick={() => selectVessel(null)} />
      </header>
      <div class="drawer-scroll">
        {error.value && <p class="form-error" role="alert">{error.value}</p>}
        <section>
          <Motion vessel={id} />
          <div class="mini-buttons">
            <button type="button" onClick={() => locate({ vessel: { id, name: '', mmsi: null }, lon: v?.latest?.lon ?? null, lat: v?.latest?.lat ?? null })}><Icon name="locate" />{t('d_locate')}</button>
            <FollowButton />
          </div>
        </section>
        {open.length > 0 && <section><h3>{t('v_alerts')} <b>{open.length}</b></h3><ul class="rows-inside">{open.map((a) => <AlertRow key={a.id} alert={a} />)}</ul></section>}
        {v && <Register vessel={v} />}
      </div>
    </aside>
  )
}

function Register({ vessel: v }: { vessel: VesselDetail }) {
  const phone = v.owner.phone
  return (
    <section>
      <h3>{t('v_details')}</h3>
      <Facts>
        <Fact name={t('v_reg_no')}>{v.reg_no}</Fact>
        <Fact name={t('v_identities')}>{v.identities.map((i) => <span class="identity" key={i.kind + i.value}><small>{i.kind.toUpperCase()}</small> {i.value}</span>)}</Fact>
        <Fact name={t('v_grid')}>{v.grid && either(v.grid.name, v.grid.name_en)}</Fact>
        <Fact name={t('v_port')}>{v.home_port}</Fact>
        <Fact name={t('v_length')}>{v.length_m && `${v.length_m} ${t('unit_m')}`}</Fact>
        <Fact name={t('v_gear')}>{v.gear.join('、')}</Fact>
        <Fact name={t('v_wind')}>{v.wind_limit && t('v_wind_n', { n: v.wind_limit })}</Fact>
        <Fact name={t('v_crew')}>{v.crew && t('v_crew_n', { n: v.crew })}</Fact>
        <Fact name={t('v_owner')}>{v.owner.name}</Fact>
        <Fact name={t('v_battery')}>{v.latest?.battery_pct !== null && v.latest?.battery_pct !== undefined && `${Math.round(v.latest.battery_pct)}%`}</Fact>
      </Facts>
      {phone ? <Call name={v.owner.name} phone={phone} />
        : v.owner.phone_masked && <p class="drawer-note figures">{v.owner.phone_masked}</p>}
    </section>
  )
}
