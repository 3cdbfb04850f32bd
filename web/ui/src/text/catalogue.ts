import type { Message } from './language';
import { call } from './messages/call';
import { customer } from './messages/customer';
import { dial } from './messages/dial';
import { endings } from './messages/endings';
import { events } from './messages/events';
import { frame } from './messages/frame';
import { login } from './messages/login';
import { operators } from './messages/operators';
import { phone } from './messages/phone';
import { recordings } from './messages/recordings';
import { reports } from './messages/reports';
import { supervisor } from './messages/supervisor';
import { wrapup } from './messages/wrapup';

// Every text that the desk shows, in every language it has: one file for each part of the desk. {name} is a placeholder,
// {n:time|times} the form for the number n (docs/desk.md says more).
export const parts = {
  login,
  frame,
  phone,
  call,
  dial,
  wrapup,
  customer,
  events,
  endings,
  supervisor,
  reports,
  operators,
  recordings,
} as const satisfies Record<string, Readonly<Record<string, Message>>>;

export const catalogue = {
  ...login,
  ...frame,
  ...phone,
  ...call,
  ...dial,
  ...wrapup,
  ...customer,
  ...events,
  ...endings,
  ...supervisor,
  ...reports,
  ...operators,
  ...recordings,
} as const satisfies Record<string, Message>;

export type Key = keyof typeof catalogue;
