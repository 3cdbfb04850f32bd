import { call } from './http';
import type { Destination, Me, PhoneLogin, Status, Targets, WrapUpResult } from './types';

/** Everything that the desk asks of the server. Each throws Refusal. */
export const deskApi = {
  login: (user: string, password: string) => call<Me>('POST', '/api/login', { user, password }),
  logout: () => call<void>('POST', '/api/logout'),
  me: (limit?: number) => call<Me>('GET', '/api/me', undefined, limit),
  phone: () => call<PhoneLogin>('POST', '/api/phone'),
  setStatus: (status: Status, name = '') => call<void>('PUT', '/api/me/status', name ? { status, name } : { status }),
  extend: () => call<void>('POST', '/api/me/wrap-up/extend'),
  done: (result: WrapUpResult) => call<void>('POST', '/api/me/wrap-up/done', result),
  hangup: () => call<void>('POST', '/api/me/hangup'),
  mute: (on: boolean) => call<void>('PUT', '/api/me/mute', { on }),
  hold: () => call<void>('POST', '/api/me/hold'),
  resume: () => call<void>('POST', '/api/me/resume'),
  pause: () => call<void>('POST', '/api/me/recording/pause'),
  unpause: () => call<void>('POST', '/api/me/recording/resume'),
  digits: (digits: string) => call<void>('POST', '/api/me/digits', { digits }),
  targets: () => call<Targets>('GET', '/api/me/targets'),
  transfer: (to: Destination) => call<void>('POST', '/api/me/transfer', to),
  consult: (to: Destination) => call<void>('POST', '/api/me/consult', to),
  party: (to: Destination) => call<void>('POST', '/api/me/party', to),
  drop: (leg: string) => call<void>('DELETE', `/api/me/party/${encodeURIComponent(leg)}`),
  comeBack: () => call<void>('POST', '/api/me/return'),
  switch: () => call<void>('POST', '/api/me/switch'),
  back: () => call<void>('POST', '/api/me/back'),
  complete: () => call<void>('POST', '/api/me/complete'),
  merge: () => call<void>('POST', '/api/me/merge'),
};

export type DeskApi = typeof deskApi;
