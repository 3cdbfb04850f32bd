import { call } from './http';
import type { Me, PhoneLogin, Status, WrapUpResult } from './types';

/** Everything that the desk asks of the server. Each throws Refusal. */
export const deskApi = {
  login: (user: string, password: string) => call<Me>('POST', '/api/login', { user, password }),
  logout: () => call<void>('POST', '/api/logout'),
  me: (limit?: number) => call<Me>('GET', '/api/me', undefined, limit),
  phone: () => call<PhoneLogin>('POST', '/api/phone'),
  setStatus: (status: Status) => call<void>('PUT', '/api/me/status', { status }),
  extend: () => call<void>('POST', '/api/me/wrap-up/extend'),
  done: (result: WrapUpResult) => call<void>('POST', '/api/me/wrap-up/done', result),
  hangup: () => call<void>('POST', '/api/me/hangup'),
};

export type DeskApi = typeof deskApi;
