import type { Recording } from '../../api/recordings';
import { numberGroups } from '../../text/format';
import { keyOf, t } from '../../text/text';

/** The customer's name, or else the number. */
export function customerOf({ name, number }: Recording): string {
  return (name !== number && name) || numberGroups(number).join(' ') || t('withheld');
}

/** Whose side of a recording it is; several are separated by a plus. */
export function partOf(part: string): string {
  return part
    .split('+')
    .map((one) => worded(`part.${one}`, one))
    .join(' + ');
}

/** Why a part of a recording is not like the others. */
export function causeOf(cause: string): string {
  return worded(`gap.${cause}`, cause.replace(/-/g, ' '));
}

function worded(name: string, instead: string): string {
  const key = keyOf(name);
  return key ? t(key) : instead;
}
