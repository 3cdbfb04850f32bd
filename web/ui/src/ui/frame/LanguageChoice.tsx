import { chooseLanguage, language, languageNames, languages } from '../../text/language';
import { t } from '../../text/text';

/** The languages of the desk, each named in itself. A choice counts at once, in a call too. */
export function LanguageChoice() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a menu
    <div class="languages" role="group" aria-label={t('language')}>
      {languages.map((l) => (
        <button
          key={l}
          type="button"
          class="menu-item"
          role="menuitemradio"
          aria-checked={l === language()}
          tabIndex={-1}
          lang={l}
          data-testid={`language-${l}`}
          onClick={() => chooseLanguage(l)}
        >
          {languageNames[l]}
        </button>
      ))}
    </div>
  );
}
