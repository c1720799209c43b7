/** Where the page begins: what it remembers, its address, who is signed in. */
import { render } from 'preact'
import { followAddress } from './address'
import { startClock } from './clock'
import { followPrefs } from './prefs'
import { installProbe } from './probe'
import { account, resume } from './session'
import './styles/index.css'
import { followTitle } from './title'
import { App } from './ui/App'

const RETRY_MS = 3000

function begin(): void {
  resume().catch(() => {
    // The server is away: let the door be seen, and go on asking.
    if (account.value === undefined) account.value = null
    setTimeout(() => { if (account.value === null) begin() }, RETRY_MS)
  })
}

followAddress()
followPrefs()
followTitle()
startClock()
installProbe()
render(<App />, document.getElementById('app')!)
begin()
