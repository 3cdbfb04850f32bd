import { call } from './http';

// Queues as supervisors see them. It mirrors web/queues.go; times are RFC 3339 in UTC.

export interface QueueNotice {
  until: string;
  say: string;
  file: string;
  by: string;
}

export interface QueueState {
  name: string;
  open: boolean;
  /** Empty: it is open. */
  why: string;
  closed: QueueNotice | null;
  incident: QueueNotice | null;
}

export type NoticeKind = 'closed' | 'incident';

const speakLimit = 25_000;

const path = (queue: string, kind: NoticeKind) => `/api/queues/${encodeURIComponent(queue)}/notices/${kind}`;

export const queuesApi = {
  all: async () => (await call<{ queues: QueueState[] }>('GET', '/api/queues')).queues,
  set: (queue: string, kind: NoticeKind, until: string, say: string) =>
    call<void>('PUT', path(queue, kind), say ? { until, say } : { until }, speakLimit),
  end: (queue: string, kind: NoticeKind) => call<void>('DELETE', path(queue, kind)),
};
