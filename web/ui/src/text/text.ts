import { catalogue, type Key, type Language, languages, type Message } from './catalogue';

/** The first of the browser's languages that the catalogue has. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = languages.find((l) => l === primary);
    if (found) return found;
  }
  return 'en';
}

/** A text in one language, its placeholders filled in. */
export function fill(message: Message, language: Language, values: Record<string, string | number> = {}): string {
  const text = message[language] ?? message.en;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

const language = pickLanguage(typeof navigator === 'undefined' ? [] : navigator.languages);

/** A text of the catalogue in the browser's language. Names that come from a server may be newer than the page: then the key itself. */
export function t(key: Key, values?: Record<string, string | number>): string {
  const message: Message | undefined = catalogue[key];
  return message ? fill(message, language, values) : key;
}

/** The key, if the catalogue has it: for names that come from the server. */
export function keyOf(name: string): Key | undefined {
  return Object.hasOwn(catalogue, name) ? (name as Key) : undefined;
}
