import type { Me } from '../api/types';

/** May this user see the pages of those who watch over the contact centre? */
export function watches(me: Me | null): boolean {
  return me?.role === 'supervisor' || me?.role === 'admin';
}

/** The pages beside the desk, in the order in which they are offered; each is at # and its name. */
export const watchPages = ['wallboard', 'reports', 'abandoned', 'recordings', 'audit', 'trunks'] as const;
export type WatchPage = (typeof watchPages)[number];

export const pageTitles = {
  wallboard: 'wallboard',
  reports: 'reports',
  abandoned: 'abandonedCallers',
  recordings: 'recordings',
  audit: 'auditTrail',
  trunks: 'trunks',
} as const;

/** Those that this user may see: agents have the recordings of their own calls. */
export function pagesOf(me: Me | null): readonly WatchPage[] {
  return watches(me) ? watchPages : ['recordings'];
}

/** The page that an address asks for. Who takes no calls has no desk: then it is the trunks, where it asks for nothing else. */
export function pageOf(hash: string, me: Me | null): WatchPage | 'desk' {
  const asked = pagesOf(me).find((page) => hash === `#${page}`);
  return asked ?? (watches(me) && !me?.agent ? 'trunks' : 'desk');
}
