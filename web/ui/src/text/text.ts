import { catalogue, type Key } from './catalogue';
import { type Language, language, type Message } from './language';

type Values = Readonly<Record<string, string | number>>;

/** A text in one language: {name} is a value, {n:time|times} the form that the language has for the number n (one|other). */
export function fill(message: Message, to: Language, values: Values = {}): string {
  return message[to].replace(/\{(\w+)(?::(.*?)\|(.*?))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined || other === undefined) return String(value);
    return new Intl.PluralRules(to).select(Number(value)) === 'one' ? one : other;
  });
}

/** A text of the catalogue in the desk's language. Names that come from a server may be newer than the page: then the key itself. */
export function t(key: Key, values?: Values): string {
  const message: Message | undefined = catalogue[key];
  return message ? fill(message, language(), values) : key;
}

/** The key, if the catalogue has it: for names that come from the server. */
export function keyOf(name: string): Key | undefined {
  return Object.hasOwn(catalogue, name) ? (name as Key) : undefined;
}
