import type { PartyView } from '../api/types';

export type Weakness = 'lineWeak' | 'lineBad' | 'customerLineWeak' | 'customerLineBad';

/** What is to be said of the connections: of the agent's own first, for that can be helped; null: they are good. */
export function weaknessOf(parties: readonly PartyView[], user: string): Weakness | null {
  const own = parties.find((p) => p.user === user)?.line;
  if (own === 'bad') return 'lineBad';
  const customer = parties.find((p) => p.role === 'customer')?.line;
  if (own === 'weak') return 'lineWeak';
  if (customer === 'bad') return 'customerLineBad';
  return customer === 'weak' ? 'customerLineWeak' : null;
}
