import { keyOf, t } from './text';

/** Why a call ended, in words. */
export function endText(reason: string): string {
  if (!reason || reason === 'unset') return '';
  const key = keyOf(`end.${reason}`);
  return key ? t(key) : t('end.other', { reason });
}
