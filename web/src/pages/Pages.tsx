/** The command centre's pages, loaded together when the first of them is opened. */
import '../styles/pages.css'
import { page } from '../screen'
import { FactsPage } from './FactsPage'
import { IdentitiesPage } from './IdentitiesPage'
import { LoadPage } from './LoadPage'
import { PortsPage } from './PortsPage'
import { RecallsPage } from './RecallsPage'
import { RulesPage } from './RulesPage'

export default function Pages() {
  switch (page.value) {
    case 'recalls': return <RecallsPage />
    case 'ports': return <PortsPage />
    case 'rules': return <RulesPage />
    case 'facts': return <FactsPage />
    case 'identities': return <IdentitiesPage />
    case 'load': return <LoadPage />
    case 'watch': return null
  }
}
