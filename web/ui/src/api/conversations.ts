import type { Contact } from './callout';
import { call } from './http';
import type { ConversationStatus } from './types';

/** It mirrors routing/fact/conversation.go; times are RFC 3339 in UTC. */
export interface Conversation {
  id: string;
  number: string;
  name: string;
  queue: string;
  agent: string;
  status: ConversationStatus;
  priority: number;
  tags: string[];
  notes: string;
  opened: string;
  changed: string;
}

/** An earlier call with a customer. */
export interface PastContact {
  call: string;
  conversation: string;
  at: string;
  direction: 'inbound' | 'outbound';
  queue: string;
  agent: string;
  disposition: string;
  talked: number;
  endReason: string;
  status: string;
  tags: string[];
  notes: string;
}

export interface CustomerView {
  contact: Contact | null;
  conversation: Conversation | null;
  past: PastContact[];
}

export type ConversationForm = Partial<Pick<Conversation, 'status' | 'priority' | 'tags' | 'notes'>>;

/** What agents know of customers, and say of conversations. Each throws Refusal. */
export const conversationApi = {
  list: async () => (await call<{ conversations: Conversation[] }>('GET', '/api/conversations')).conversations,
  change: (id: string, form: ConversationForm) =>
    call<Conversation>('PUT', `/api/conversations/${encodeURIComponent(id)}`, form),
  customer: () => call<CustomerView>('GET', '/api/me/customer'),
};
