import { useState } from 'preact/hooks';
import { setVoiceProcessing, voiceProcessing } from '../../phone/voice';
import { pagesOf, pageTitles, watches } from '../../state/watches';
import { initials } from '../../text/format';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { useMenu } from '../kit/useMenu';
import { LanguageChoice } from './LanguageChoice';

/** Who is signed in, the settings of this browser, and the way out. */
export function Account() {
  const { desk } = useRoom();
  const { open, setOpen, button, menu, onKeyDown } = useMenu();
  const [voice, setVoice] = useState(voiceProcessing);
  const me = desk.state.value.me;

  const toggleVoice = () => {
    setVoiceProcessing(!voice);
    setVoice(!voice);
  };

  return (
    <div class="account">
      <button
        ref={button}
        type="button"
        class="avatar"
        data-testid="account"
        aria-haspopup="menu"
        aria-expanded={open}
        title={me?.name}
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">{initials(me?.name || me?.user || '')}</span>
        <span class="hidden">{[me?.name, t('account')].filter(Boolean).join(', ')}</span>
      </button>
      {open && (
        <div ref={menu} onKeyDown={onKeyDown} class="menu account-menu" role="menu" aria-label={t('account')}>
          <div class="account-who" role="presentation">
            <b>{me?.name}</b>
            <small>{me?.company || me?.user}</small>
          </div>
          <button
            type="button"
            class="menu-item"
            role="menuitemcheckbox"
            aria-checked={voice}
            tabIndex={-1}
            data-testid="voice-processing"
            onClick={toggleVoice}
          >
            <span>
              <b>{t('voiceProcessing')}</b>
              <small>{t('voiceProcessingHint')}</small>
            </span>
            <span class="switch" aria-hidden="true" />
          </button>
          <button
            type="button"
            class="menu-item"
            role="menuitem"
            tabIndex={-1}
            data-testid="open-devices"
            onClick={() => {
              setOpen(false);
              desk.devicesOpen.value = true;
            }}
          >
            <span>
              <b>{t('devices')}</b>
              <small>{t('devicesHint')}</small>
            </span>
          </button>
          <LanguageChoice />
          {me?.agent &&
            pagesOf(me).map((page) => (
              <button
                key={page}
                type="button"
                class="menu-item"
                role="menuitem"
                tabIndex={-1}
                data-testid={page}
                onClick={() => {
                  location.hash = `#${page}`;
                }}
              >
                <span>
                  <b>{t(watches(me) ? pageTitles[page] : 'myRecordings')}</b>
                </span>
              </button>
            ))}
          <button
            type="button"
            class="menu-item"
            role="menuitem"
            tabIndex={-1}
            data-testid="logout"
            onClick={() => void desk.logout()}
          >
            <span>
              <b>{t('logout')}</b>
            </span>
            <Icon name="out" size={16} />
          </button>
        </div>
      )}
    </div>
  );
}
