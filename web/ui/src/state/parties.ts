import type { CallView, PartyView } from '../api/types';

/**
 * How the agent stands to the caller: dialling: the customer is being called; talking; held; asking: somebody is called, the caller is held; consulting: talking with who was
 * asked; switched: back with the caller, and who was asked is held.
 */
export type Talk = 'dialling' | 'talking' | 'held' | 'asking' | 'consulting' | 'switched';

export function talkOf(call: CallView): Talk {
  const customer = call.parties.find((p) => p.role === 'customer');
  const asked = call.parties.find((p) => p.role === 'consulted');
  if (customer?.state === 'ringing') return 'dialling';
  const held = customer ? customer.state === 'held' : call.state === 'held';
  if (!asked) return held ? 'held' : 'talking';
  if (asked.state === 'ringing') return 'asking';
  return held ? 'consulting' : 'switched';
}

/** Whether the call is this agent's to control, not that of a colleague who has called them to it. */
export function isMine(call: CallView, user: string): boolean {
  return call.parties.length === 0 || call.parties.some((p) => p.user === user && p.role === 'agent');
}

/** Whether the server keeps others from hearing this agent. */
export function muted(call: CallView, user: string): boolean {
  return call.parties.some((p) => p.user === user && p.muted);
}

/** Whether the line to the agent of the call, who is this one, is lost. */
export function isLost(call: CallView, user: string): boolean {
  return call.parties.some((p) => p.user === user && p.role === 'agent' && p.state === 'reconnecting');
}

/** Those whom the agent has called, and can hang up on. */
export function calledOf(parties: readonly PartyView[]): PartyView[] {
  return parties.filter((p) => p.role === 'guest' || p.role === 'consulted');
}

/** The others of a call by what they are to the agent. */
export interface Company {
  readonly talks: PartyView[]; // both hear each other, but for a mute
  readonly whispers: PartyView[]; // supervisors whom only the agent hears
  readonly listens: PartyView[]; // they hear, and are not heard
  readonly held: PartyView[];
  readonly rings: PartyView[];
}

/** Who hears whom, as the agent needs to know it. */
export function companyOf(parties: readonly PartyView[], user: string): Company {
  const self = parties.find((p) => p.user === user);
  const company: Company = { talks: [], whispers: [], listens: [], held: [], rings: [] };
  for (const p of parties) {
    if (!self || p === self) continue;
    if (p.state === 'ringing') company.rings.push(p);
    else if (p.state === 'held') company.held.push(p);
    else if (p.state === 'whisper') company.whispers.push(p);
    else if (self.hears.includes(p.leg) || p.muted) company.talks.push(p);
    else if (p.hears.includes(self.leg)) company.listens.push(p);
  }
  return company;
}
