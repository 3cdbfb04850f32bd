import type { State } from './state';

/**
 * What to do with an INVITE for a call: ring; refuse it as busy, for there is one call at a time; or replace the call that we hold,
 * because the server says that it is over, or offers the very same call anew.
 */
export function onInvite(s: State, call: string): 'ring' | 'busy' | 'replace' {
  if (!s.phone) return 'ring';
  if (s.phone.call === call) return s.phone.stage === 'connected' ? 'replace' : 'busy';
  const gone = s.stream === 'open' && s.view !== null && s.view.call?.id !== s.phone.call;
  return gone && s.phone.stage === 'connected' ? 'replace' : 'busy';
}
