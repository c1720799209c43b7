/** Everything about one alert: what, where, which boat, why we think so, who was asked, what was done. */
import { useSignal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { explain } from '../alerts/actions'
import { alerts } from '../alerts/store'
import { get } from '../api'
import { now } from '../clock'
import { evidenceLines } from '../evidence'
import { distanceNm, position } from '../geo'
import { either, language, t, term } from '../i18n'
import { fleet, moved } from '../live/feed'
import { locate } from '../map/handle'
import { folded, phone, tab } from '../screen'
import { following, selectAlert, selectedAlert, selectedVessel, selectVessel } from '../selection'
import { account } from '../session'
import { LEVELS } from '../severity'
import type { Alert, AlertDetail, OrderDetail, VesselDetail } from '../types'
import { called } from '../vessels'
import { ActBar } from './ActBar'
import { Age, Call, Fact, Facts, Glyph, Icon, IconButton, LevelTag, When } from './bits'
import { History } from './History'
import { OrderPanel } from './OrderPanel'
import { Motion } from './VesselCard'

interface Loaded { detail: AlertDetail; order: OrderDetail | null }

/** Reads the details, and again whenever the live stream says that this alert has moved. */
function useDetail(id: number): { loaded: Signal<Loaded | null>; error: Signal<string>; reload: () => void } {
  const loaded = useSignal<Loaded | null>(null)
  const error = useSignal('')
  const turn = useSignal(0)
  const seq = moved.value?.alert === id ? moved.value.seq : 0
  useEffect(() => {
    let stale = false
    read(id).then(
      (result) => { if (!stale) { loaded.value = result; error.value = '' } },
      (problem: unknown) => { if (!stale) error.value = explain(problem) },
    )
    return () => { stale = true }
  }, [id, seq, turn.value])
  return { loaded, error, reload: () => { turn.value++ } }
}

async function read(id: number): Promise<Loaded> {
  const detail = await get<AlertDetail>(`/alerts/${id}`)
  const order = detail.order ? await get<OrderDetail>(`/orders/${detail.order.id}`).catch(() => null) : null
  return { detail, order }
}

export function AlertDrawer({ id }: { id: number }) {
  const { loaded, error, reload } = useDetail(id)
  const read = loaded.value?.detail.alert.id === id ? loaded.value : null
  const a = alerts.value.get(id) ?? read?.detail.alert
  const close = () => selectAlert(null)
  useEffect(() => {
    // Reached by its address: the boat is known only now.
    if (a?.vessel && selectedVessel.value === null) selectedVessel.value = a.vessel.id
  }, [a?.vessel?.id])
  if (!a) return <Empty error={error.value} onClose={close} onRetry={reload} />
  return (
    <aside class={`drawer drawer-${LEVELS[a.severity].name}`} aria-label={either(a.title_zh, a.title_en)}>
      <Head alert={a} onClose={close} />
      <div class="drawer-scroll">
        {error.value && <p class="form-error" role="alert">{error.value} <button type="button" onClick={reload}>{t('error_retry')}</button></p>}
        {a.order ? <OrderPanel alert={a} detail={read?.order ?? null} /> : a.severity > 1 && <p class="drawer-note">{t('d_no_order')}</p>}
        <Where alert={a} />
        <Boat alert={a} />
        <Evidence detail={read?.detail ?? null} />
        <section><h3>{t('d_history')}</h3><History events={read?.detail.history ?? null} /></section>
      </div>
      <ActBar key={`${a.id}`} alert={a} detail={read?.order ?? null} account={account.value!} onDone={reload} />
    </aside>
  )
}

function Empty({ error, onClose, onRetry }: { error: string; onClose: () => void; onRetry: () => void }) {
  return (
    <aside class="drawer">
      <header class="drawer-head"><IconButton icon="close" label={t('d_close')} onClick={onClose} /></header>
      <div class="drawer-scroll">
        <p class={error ? 'form-error' : 'nothing'} role="status">{error || t('alerts_loading')}</p>
        {error && <button type="button" onClick={onRetry}>{t('error_retry')}</button>}
      </div>
    </aside>
  )
}

function Head({ alert: a, onClose }: { alert: Alert; onClose: () => void }) {
  return (
    <header class="drawer-head">
      <Glyph severity={a.severity} size={36} />
      <div>
        <p><LevelTag severity={a.severity} /> {(a.severity > 1 || a.status !== 'active') && <span class="tag">{term('status', a.status)}</span>}{a.verdict && <span class="tag">{term('verdict', a.verdict)}</span>}</p>
        <h2>{either(a.title_zh, a.title_en)}</h2>
        <p class="drawer-boat">{called(a.vessel)}</p>
      </div>
      <IconButton icon="close" label={t('d_close')} onClick={onClose} />
    </header>
  )
}

function Where({ alert: a }: { alert: Alert }) {
  const known = a.lon !== null && a.lat !== null
  return (
    <section>
      <h3>{t('d_what')}</h3>
      <Facts>
        <Fact name={t('d_where')}>{known ? <span class="figures">{position(a.lon!, a.lat!)}</span> : t('d_no_position')}</Fact>
        <Fact name={t('d_grid')}>{a.grid && either(a.grid.name, a.grid.name_en)}</Fact>
        <Fact name={t('d_zone')}>{either(a.zone_name, a.zone_name_en)}</Fact>
        <Fact name={t('d_opened')}><When at={a.opened} /> · <Age at={a.opened} /></Fact>
        {a.occurrences > 1 && <Fact name={t('d_occurrences')}>{t('d_times', { n: a.occurrences })} · {t('d_last_seen')} <Age at={a.last_seen} /></Fact>}
        {a.shelved_until && a.status === 'shelved' && <Fact name={t('d_shelved_until')}><When at={a.shelved_until} /></Fact>}
      </Facts>
      {a.late && <p class="drawer-note warn"><Icon name="warn" />{t('d_late')}</p>}
      <div class="mini-buttons">
        <button type="button" onClick={() => locate(a)}><Icon name="locate" />{t('d_locate')}</button>
        {a.vessel && <FollowButton />}
      </div>
    </section>
  )
}

function follow(): void {
  following.value = !following.value
  if (phone.value && following.value) {
    tab.value = 'map'
    folded.value = true
  }
}

export function FollowButton() {
  return (
    <button type="button" aria-pressed={following.value} onClick={follow}>
      <Icon name="follow" />{t(following.value ? 'd_unfollow' : 'd_follow')}
    </button>
  )
}

/** Whom to call about the boat; the server gives the number only to those who should call. */
function useOwner(vessel: number | undefined): VesselDetail['owner'] | undefined {
  const owner = useSignal<VesselDetail['owner'] | undefined>(undefined)
  const lead = alerts.value.get(selectedAlert.value ?? 0)?.order?.lead?.person
  useEffect(() => {
    if (vessel) get<VesselDetail>(`/vessels/${vessel}`).then((v) => { owner.value = v.owner }, () => {})
  }, [vessel, lead])
  return owner.value
}

/** The boat as it is now, beside where it was when the alert was raised. */
function Boat({ alert: a }: { alert: Alert }) {
  void [fleet.version.value, now.value]
  const owner = useOwner(a.vessel?.id)
  if (!a.vessel) return null
  const row = fleet.row(a.vessel.id)
  const moved = row >= 0 && a.lon !== null && a.lat !== null ? distanceNm(a.lon, a.lat, fleet.lon[row], fleet.lat[row]) : 0
  return (
    <section>
      <h3>{t('d_boat')} <button type="button" class="link" onClick={() => selectVessel(a.vessel!.id)}>{called(a.vessel)}</button></h3>
      <Motion vessel={a.vessel.id} />
      {moved > 0.2 && <p class="drawer-note">{t('d_from_position', { nm: moved.toFixed(1) })}</p>}
      {owner?.phone && <Call name={owner.name} phone={owner.phone} />}
    </section>
  )
}

function Evidence({ detail }: { detail: AlertDetail | null }) {
  void language.value
  if (!detail) return null
  const lines = evidenceLines(detail.evidence)
  return (
    <section>
      <h3>{t('d_evidence')}</h3>
      {lines.length === 0 && <p class="drawer-note">{t('e_none')}</p>}
      <Facts>{lines.map(({ name, value }) => <Fact key={name} name={name}>{value}</Fact>)}</Facts>
    </section>
  )
}
