import { call } from './http';

/** Entry of the directory. It mirrors routing/fact/contact.go. */
export interface Contact {
  id: string;
  name: string;
  numbers: string[];
  email: string;
  tags: string[];
  /** The user who has added it; empty: the operator's file has it. */
  by: string;
}

export interface OpenConversation {
  id: string;
  queue: string;
  agent: string;
  status: 'open' | 'waiting' | 'solved';
  opened: string;
  notes: string;
}

/** What is known of a call out before it is made. It mirrors routing/fact/callout.go. */
export interface CallOutLook {
  number: string;
  name: string;
  country: string;
  emergency: boolean;
  /** Why it may not be called; empty: it may. */
  refused: string;
  conversation: OpenConversation | null;
  queues: { queue: string; numbers: string[] }[];
}

/** Whom to call, in whose name and with which number shown; what is left out is up to the server. */
export interface CallOut {
  number: string;
  queue?: string;
  from?: string;
  conversation?: 'join' | 'new';
}

const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

/** How agents call somebody. Each throws Refusal. */
export const callOutApi = {
  call: async (order: CallOut) => (await call<{ id: string }>('POST', '/api/me/call', order)).id,
  look: (number: string) => call<CallOutLook>('GET', `/api/me/call?${query({ number })}`),
  /** Adds a number of somebody to the directory, or names the entry that has it. */
  name: (entry: Contact | null, number: string, name: string) =>
    entry
      ? call<Contact>('PUT', `/api/directory/${encodeURIComponent(entry.id)}`, {
          name,
          numbers: entry.numbers,
          ...(entry.email ? { email: entry.email } : {}),
          tags: entry.tags,
        })
      : call<Contact>('POST', '/api/directory', { name, numbers: [number] }),
  find: async (text: string, external = false) =>
    (
      await call<{ contacts: Contact[] }>(
        'GET',
        `/api/directory?${query({ find: text, most: '20', ...(external ? { external: 'true' } : {}) })}`,
      )
    ).contacts,
};
