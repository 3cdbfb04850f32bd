import { useEffect, useState } from 'preact/hooks';
import { callOutApi } from '../../api/callout';
import { foundOf } from '../../state/callout';
import type { Target } from '../../state/targets';

const pause = 200; // ms without a key before the server is asked

/** Those of the directory to whom calls can be given, by what was typed. */
export function usePeople(typed: string): Target[] {
  const [people, setPeople] = useState<Target[]>([]);
  useEffect(() => {
    const text = typed.trim();
    let over = false;
    const ask = () =>
      callOutApi.find(text, true).then(
        (contacts) => !over && setPeople(foundOf(contacts).map(asTarget)),
        () => !over && setPeople([]),
      );
    const timer = setTimeout(() => void ask(), pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [typed]);
  return people;
}

function asTarget(found: { name: string; number: string }): Target {
  const { name, number } = found;
  return { to: { number }, id: `number ${number}`, name: name || number, free: true, state: 'open' };
}
