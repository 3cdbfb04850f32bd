import { useEffect, useState } from 'preact/hooks';
import { type CallOutLook, callOutApi } from '../../api/callout';
import { Refusal } from '../../api/refusal';
import { type Found, foundOf, isNumber } from '../../state/callout';

const pause = 200; // ms without a key before the server is asked

export interface Looked {
  readonly look: CallOutLook | null;
  readonly found: readonly Found[];
  readonly failed: boolean;
}

const nothing: Looked = { look: null, found: [], failed: false };

/** What the server knows of what was typed: the number, and whom the directory has for it. */
export function useLook(typed: string): Looked {
  const [looked, setLooked] = useState<Looked>(nothing);
  useEffect(() => {
    const text = typed.trim();
    if (!text) {
      setLooked(nothing);
      return;
    }
    let over = false;
    const ask = async () => {
      try {
        const [look, contacts] = await Promise.all([
          isNumber(text) ? callOutApi.look(text) : Promise.resolve(null),
          callOutApi.find(text),
        ]);
        const found = foundOf(contacts).filter((f) => f.number !== look?.number);
        if (!over) setLooked({ look, found, failed: false });
      } catch (error) {
        if (!over) setLooked({ ...nothing, failed: !(error instanceof Refusal && error.status === 401) });
      }
    };
    const timer = setTimeout(() => void ask(), pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [typed]);
  return looked;
}
