/** The phone's third page: who I am, how it should look and sound, and the way out. */
import { useSignal } from '@preact/signals'
import { language, t, term } from '../i18n'
import { chooseLanguage } from '../prefs'
import { open } from '../screen'
import { account, signOut } from '../session'
import { Icon } from './bits'
import { PasswordForm } from './Password'
import { PAGE_ICONS, pagesOf } from './Rail'
import { PaletteSwitch, SoundSwitch } from './TopBar'

export function Me() {
  const changing = useSignal(false)
  const who = account.value!
  if (changing.value) return <section class="me"><PasswordForm forced={false} onDone={() => { changing.value = false }} /></section>
  return (
    <section class="me">
      <div class="person"><span class="avatar"><Icon name="user" size={24} /></span><div><b>{who.name || who.login}</b><span>{term('role', who.role)} · {who.login}</span></div></div>
      <div class="me-row"><span>{t('m_palette')}</span><PaletteSwitch /></div>
      <div class="me-row"><span>{t('sound_on')}</span><SoundSwitch /></div>
      <nav class="me-pages" aria-label={t('pages')}>
        {pagesOf().filter((name) => name !== 'watch' && name !== 'recalls').map((name) => (
          <button type="button" key={name} onClick={() => open(name)}><Icon name={PAGE_ICONS[name]} size={20} />{t(`page_${name}`)}</button>
        ))}
      </nav>
      <button type="button" class="big" onClick={() => chooseLanguage(language.value === 'zh' ? 'en' : 'zh')}>{t('language_other')}</button>
      <button type="button" class="big" onClick={() => { changing.value = true }}>{t('password_title_own')}</button>
      <button type="button" class="big" onClick={() => void signOut()}>{t('sign_out')}</button>
    </section>
  )
}
