/** The pages of the desk, at its left edge: each an icon with its word. */
import { t } from '../i18n'
import { open, page, PAGES, type PageName } from '../screen'
import { account } from '../session'
import { Icon, type IconName } from './bits'

export const PAGE_ICONS: Record<PageName, IconName> = {
  watch: 'map', recalls: 'shelter', ports: 'port', rules: 'rules', facts: 'papers', identities: 'who', load: 'load',
}

/** Whose number it is, the command centre alone decides and sees. */
export const pagesOf = (): PageName[] => PAGES.filter((name) => name !== 'identities' || account.value?.role === 'commander' || account.value?.role === 'admin')

export function Rail() {
  return (
    <nav class="rail" aria-label={t('pages')}>
      {pagesOf().map((name) => (
        <button type="button" key={name} data-page={name} title={`${t(`page_${name}`)} (${PAGES.indexOf(name) + 1})`} aria-current={page.value === name ? 'page' : undefined} onClick={() => open(name)}>
          <Icon name={PAGE_ICONS[name]} size={22} />{t(`page_${name}`)}
        </button>
      ))}
    </nav>
  )
}
