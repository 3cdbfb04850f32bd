import { signal } from '@preact/signals';

/** The languages of the desk, each named in itself. */
export const languageNames = { en: 'English', ja: '日本語', tr: 'Türkçe' } as const;
export type Language = keyof typeof languageNames;
export const languages = Object.keys(languageNames) as readonly Language[];

/** A text in every language. */
export type Message = Readonly<Record<Language, string>>;

const key = 'mediasrv.language';

/** The first of the browser's languages that the desk has. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((l) => l === primary(tag));
    if (found) return found;
  }
  return 'en';
}

/** The tag for dates and numbers: as the browser has it ("en-GB"), if it is of that language. */
export function pickLocale(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => primary(tag) === language) ?? language;
}

function primary(tag: string): string | undefined {
  return tag.toLowerCase().split('-')[0];
}

const browser = typeof navigator === 'undefined' ? [] : navigator.languages;
const remembered = typeof localStorage === 'undefined' ? null : localStorage.getItem(key);
const current = signal(pickLanguage([remembered ?? '', ...browser]));

/** The language of the desk. Whatever reads it while it is drawn, or in an effect, follows a change: no page is loaded again, no call is cut. */
export function language(): Language {
  return current.value;
}

/** The locale of dates, times and plurals. */
export function locale(): string {
  return pickLocale(current.value, browser);
}

/** Changes the language, and remembers it in this browser. */
export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(key, chosen);
  current.value = chosen;
}
