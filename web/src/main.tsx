/** Where the page begins: what it remembers, its address, who is signed in. */
import { render } from 'preact'
import { startClock } from './clock'
import { chartOnPage } from './map/handle'
import { followPrefs } from './prefs'
import { installProbe } from './probe'
import { selectAlert } from './selection'
import { account, resume } from './session'
import './styles/index.css'
import { followTitle } from './title'
import { App } from './ui/App'
import { parseHash } from './url'

const RETRY_MS = 3000

function begin(): void {
  resume().catch(() => {
    // The server is away: let the door be seen, and go on asking.
    if (account.value === undefined) account.value = null
    setTimeout(() => { if (account.value === null) begin() }, RETRY_MS)
  })
}

function followAddress(): void {
  const { alert, vessel, place } = parseHash(location.hash)
  selectAlert(alert, vessel)
  if (place) chartOnPage.value?.show(place)
}

followAddress()
addEventListener('hashchange', followAddress)
followPrefs()
followTitle()
startClock()
installProbe()
render(<App />, document.getElementById('app')!)
begin()
