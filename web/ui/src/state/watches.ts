import type { Me } from '../api/types';

/** May this user see the operators' page? */
export function watches(me: Me | null): boolean {
  return me?.role === 'supervisor' || me?.role === 'admin';
}
