import type { PartyView } from '../api/types';
import { companyOf } from '../state/parties';
import { numberGroups } from './format';
import { t } from './text';

/** What a party of a call is called. */
export function partyName(p: PartyView): string {
  return p.name || p.user || numberGroups(p.number).join(' ') || t(p.role === 'customer' ? 'theCaller' : 'none');
}

/** Who is in the call and who hears whom, in one line. Nothing of a call of two, where it goes without saying. */
export function companyText(parties: readonly PartyView[], user: string): string {
  const { talks, whispers, listens, held, rings } = companyOf(parties, user);
  const self = parties.find((p) => p.user === user);
  const plain = talks.length + whispers.length + listens.length + held.length + rings.length <= 1;
  const words = [
    held.length > 0 && t('companyHeld', { names: names(held) }),
    talks.length > 0 && !plain && t('companyTalks', { names: names(talks) }),
    rings.length > 0 && t('companyRings', { names: names(rings) }),
    whispers.length > 0 && t('companyWhispers', { names: names(whispers) }),
    listens.length > 0 && t('companyListens', { names: names(listens) }),
    self?.muted && t('companyMuted'),
  ];
  return words.filter(Boolean).join(' · ');
}

function names(parties: readonly PartyView[]): string {
  const all = parties.map(partyName);
  const last = all.pop() ?? '';
  return all.length > 0 ? t('and', { first: all.join(', '), last }) : last;
}
