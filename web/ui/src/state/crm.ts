import type { CallView } from '../api/types';

/** The address of the company's own page of a call. What callers bring along can't leave its place in it. */
export function crmAddress(template: string, call: CallView, agent: string): string {
  const { number, name, id, entry, queue } = call;
  const values: Record<string, string> = { number, name, call: id, entry, queue, agent };
  return template.replace(/\{(\w+)\}/g, (whole, place: string) => {
    const value = values[place];
    return value === undefined ? whole : encodeURIComponent(value).replace(/^\.+$/, ''); // dots alone would lead to another folder
  });
}
