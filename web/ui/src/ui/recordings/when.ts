import { locale } from '../../text/language';

/** A moment by this browser's clock. */
export function when(time: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(
    new Date(time),
  );
}
