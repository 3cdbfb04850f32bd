import type { Me } from '../api/types';

/** May this user see the pages of those who watch over the contact centre? */
export function watches(me: Me | null): boolean {
  return me?.role === 'supervisor' || me?.role === 'admin';
}

/** Those pages, in the order in which they are offered; each is at # and its name. */
export const watchPages = ['wallboard', 'reports', 'abandoned', 'audit', 'trunks'] as const;
export type WatchPage = (typeof watchPages)[number];

export const pageTitles = {
  wallboard: 'wallboard',
  reports: 'reports',
  abandoned: 'abandonedCallers',
  audit: 'auditTrail',
  trunks: 'trunks',
} as const;

/** The page that an address asks for. Who takes no calls has no desk: then it is the trunks, where it asks for nothing else. */
export function pageOf(hash: string, me: Me | null): WatchPage | 'desk' {
  if (!watches(me)) return 'desk';
  return watchPages.find((page) => hash === `#${page}`) ?? (me?.agent ? 'desk' : 'trunks');
}
