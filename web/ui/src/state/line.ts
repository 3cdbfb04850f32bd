import type { State } from './state';

export type StatusLine =
  | { tone: 'bad'; text: string } // why something was refused, in words
  | { tone: 'notice'; text: string } // what the server says
  | { tone: 'quiet' | 'warn'; phone: State['line'] };

/** The one line under the status: the most urgent thing there is to say. */
export function statusLine(s: State): StatusLine {
  const why = s.refusals.status;
  if (why) return { tone: 'bad', text: why };
  const notice = s.view?.notice ?? '';
  if (notice && notice !== s.dismissed) return { tone: 'notice', text: notice };
  return { tone: s.line === 'ready' ? 'quiet' : 'warn', phone: s.line };
}
