/** The pages of the desk, at its left edge: each an icon with its word. */
import { t } from '../i18n'
import { open, page, PAGES, type PageName } from '../screen'
import { Icon, type IconName } from './bits'

export const PAGE_ICONS: Record<PageName, IconName> = {
  watch: 'map', recalls: 'shelter', ports: 'port', rules: 'rules', facts: 'papers', identities: 'who', load: 'load',
}

export function Rail() {
  return (
    <nav class="rail" aria-label={t('pages')}>
      {PAGES.map((name, i) => (
        <button type="button" key={name} data-page={name} title={`${t(`page_${name}`)} (${i + 1})`} aria-current={page.value === name ? 'page' : undefined} onClick={() => open(name)}>
          <Icon name={PAGE_ICONS[name]} size={22} />{t(`page_${name}`)}
        </button>
      ))}
    </nav>
  )
}
