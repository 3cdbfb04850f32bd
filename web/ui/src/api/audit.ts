import { call } from './http';

// Who did what. It mirrors web/audit.go; times are RFC 3339 in UTC.

export const auditKinds = [
  'listen',
  'whisper',
  'barge',
  'take-over',
  'leave',
  'move',
  'status',
  'log-out',
  'queue-closed',
  'queue-opened',
  'incident',
  'incident-ended',
  'recording-delete',
  'recording-hold',
  'recording-unhold',
  'person-export',
  'person-erase',
  'reload',
  'token-create',
  'token-revoke',
] as const;
export type AuditKind = (typeof auditKinds)[number];

export interface AuditRow {
  id: string;
  at: string;
  who: string;
  what: AuditKind;
  call: string;
  /** To whom it was done. Empty: to nobody. */
  user: string;
  detail: string;
}

export interface AuditQuestion {
  who: string;
  what: string;
  user: string;
  /** RFC 3339. Empty: ever. */
  from: string;
  /** Not in it. */
  to: string;
}

export interface AuditPage {
  audit: AuditRow[];
  more: boolean;
}

export const auditApi = {
  page: (q: AuditQuestion, before = '') => call<AuditPage>('GET', `/api/audit?${params({ ...q, before })}`),
  csv: (q: AuditQuestion) => `/api/audit.csv?${params({ ...q })}`,
};

function params(of: Record<string, string>): string {
  return new URLSearchParams(Object.entries(of).filter(([, value]) => value)).toString();
}
