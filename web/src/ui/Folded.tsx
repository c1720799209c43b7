/** On a phone's map: one line about what is selected, which opens into all of it. */
import { alerts } from '../alerts/store'
import { either, t } from '../i18n'
import { folded } from '../screen'
import { selectAlert, selectedAlert, selectedVessel } from '../selection'
import { called, nameOf } from '../vessels'
import { Glyph, Icon, IconButton } from './bits'
import { Motion } from './VesselCard'

export function Folded() {
  const a = selectedAlert.value === null ? undefined : alerts.value.get(selectedAlert.value)
  const vessel = selectedVessel.value
  if (!a && vessel === null) return null
  return (
    <div class="folded">
      <div class="folded-top">
        <button type="button" onClick={() => { folded.value = false }}>
          {a && <Glyph severity={a.severity} size={22} />}
          <span><b>{vessel === null ? called(a!.vessel) : nameOf(vessel)}</b>{a && <small>{either(a.title_zh, a.title_en)}</small>}</span>
          <Icon name="list" />
        </button>
        <IconButton icon="close" label={t('d_close')} onClick={() => selectAlert(null)} />
      </div>
      {vessel !== null && <Motion vessel={vessel} />}
    </div>
  )
}
