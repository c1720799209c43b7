/** Which page there is: the door, the forced password, the desk, or the phone's three tabs. */
import { Component, type ComponentChildren } from 'preact'
import { lazy, Suspense } from 'preact/compat'
import { useEffect, useState } from 'preact/hooks'
import { mine, sorted } from '../alerts/store'
import { t } from '../i18n'
import { follow } from '../live/feed'
import { startKeys } from '../keys'
import { folded, page, phone, tab, type Tab } from '../screen'
import { selectedAlert, selectedVessel } from '../selection'
import { account } from '../session'
import { startSound } from '../sound'
import { AlertDrawer } from './AlertDrawer'
import { AlertList } from './AlertList'
import { Folded } from './Folded'
import { Announcer, Banners } from './Banners'
import { Icon, type IconName } from './bits'
import { Help } from './Help'
import { Me } from './Me'
import { Rail } from './Rail'
import { MustChange } from './Password'
import { SignIn } from './SignIn'
import { Toasts } from './Toasts'
import { TopBar } from './TopBar'
import { VesselCard } from './VesselCard'

/** The map library comes when a map is first looked at: the door and a phone's list do not wait for it. */
const MapPanel = lazy(() => import('./MapPanel'))
/** Nor do they wait for the command centre's pages. */
const Pages = lazy(() => import('../pages/Pages'))

export function App() {
  const who = account.value
  if (who === undefined) return <div class="waiting opening" role="status">{t('login_connecting')}</div>
  return (
    <Safely>
      {who === null ? <SignIn /> : who.must_change ? <MustChange /> : <Desk key={who.id} />}
      <Toasts />
    </Safely>
  )
}

function Desk() {
  useEffect(() => {
    const stops = [follow(), startKeys(), startSound()]
    return () => stops.forEach((stop) => stop())
  }, [])
  return (
    <div class={phone.value ? 'phone' : 'desk'}>
      <TopBar />
      <Banners />
      {phone.value ? <PhonePages /> : <DeskPages />}
      <Announcer />
      <Help />
    </div>
  )
}

const TheMap = () => <Suspense fallback={<div class="map-panel waiting" />}><MapPanel /></Suspense>

function Details() {
  if (selectedAlert.value !== null) return <AlertDrawer key={selectedAlert.value} id={selectedAlert.value} />
  return selectedVessel.value !== null ? <VesselCard key={selectedVessel.value} id={selectedVessel.value} /> : null
}

/** Whatever page is open, the alerts stay beside it; the map keeps what it has drawn and comes back at once. */
function DeskPages() {
  const watching = page.value === 'watch'
  const mapSeen = useSeen(watching)
  return (
    <div class="desk-pages">
      <Rail />
      <AlertList />
      <div class="place" hidden={!watching}>{mapSeen && <TheMap />}</div>
      {!watching && <ThePage />}
      <Details />
    </div>
  )
}

function useSeen(here: boolean): boolean {
  const [seen, see] = useState(here)
  useEffect(() => { if (here) see(true) }, [here])
  return seen
}

const ThePage = () => <Suspense fallback={<div class="page waiting opening">{t('alerts_loading')}</div>}><Pages /></Suspense>

const TABS: [Tab, IconName][] = [['list', 'list'], ['map', 'map'], ['recalls', 'shelter'], ['me', 'user']]
const WORDS = { map: 'map', recalls: 'page_recalls', me: 'me' } as const

function PhonePages() {
  const here = tab.value
  const mapSeen = useSeen(here === 'map')
  const member = account.value?.role === 'member'
  const count = member ? mine.value.length : sorted.value.length
  return (
    <>
      <div class="phone-pages">
        <div hidden={here !== 'list'}><AlertList /></div>
        <div hidden={here !== 'map'}>{mapSeen && <TheMap />}</div>
        {here === 'recalls' && <ThePage />}
        {here === 'me' && (page.value === 'watch' ? <Me /> : <ThePage />)}
        {here === 'map' && folded.value ? <Folded /> : <Details />}
      </div>
      <nav class="tabs">
        {TABS.map(([name, icon]) => (
          <button key={name} type="button" aria-current={here === name ? 'page' : undefined} onClick={() => go(name)}>
            <Icon name={icon} size={22} />{name === 'list' ? t(member ? 'tasks' : 'alerts') : t(WORDS[name])}
            {name === 'list' && count > 0 && <b class="count">{count}</b>}
          </button>
        ))}
      </nav>
    </>
  )
}

function go(name: Tab): void {
  tab.value = name
  page.value = name === 'recalls' ? 'recalls' : 'watch'
  folded.value = name === 'map'
}

/** A mistake in one component must not leave a blank screen on a wall. */
class Safely extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false }
  static override getDerivedStateFromError = () => ({ broken: true })
  override componentDidCatch(error: unknown): void {
    console.error(error)
  }
  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <main class="crash" role="alert">
        <h1>{t('error_crash')}</h1><p>{t('error_crash_note')}</p>
        <button type="button" class="primary" onClick={() => location.reload()}>{t('error_reload')}</button>
      </main>
    )
  }
}
