import { Refusal } from './refusal';

const timeLimit = 10_000;

/** Sends JSON and reads JSON; undefined for an empty answer. Throws Refusal and nothing else. */
export async function call<T>(method: string, path: string, body?: unknown, limit = timeLimit): Promise<T> {
  const answer = await send(method, path, body, limit);
  const text = await answer.text().catch(() => '');
  const value = parse(text);
  if (!answer.ok) throw new Refusal(answer.status, detailOf(value));
  return value as T;
}

async function send(method: string, path: string, body: unknown, limit: number): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.timeout(limit),
  };
  if (body !== undefined) {
    init.headers = { 'Content-Type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, init);
  } catch {
    throw new Refusal(0, '');
  }
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The detail of a problem document (RFC 9457); its title if it has none. */
function detailOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { detail, title } = value as { detail?: unknown; title?: unknown };
  if (typeof detail === 'string' && detail) return detail;
  return typeof title === 'string' ? title : '';
}
