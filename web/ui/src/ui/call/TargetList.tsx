import { useEffect, useRef, useState } from 'preact/hooks';
import type { Destination, Targets } from '../../api/types';
import type { Sheet } from '../../app/controls';
import { inPlace, matching, numberIn, type Target, targetsOf } from '../../state/targets';
import { numberGroups } from '../../text/format';
import { keyOf, t } from '../../text/text';
import { useRoom } from '../context';
import { usePeople } from './usePeople';

const again = 2_000; // how often the states are read anew

/** Agents and queues to choose from, with their states; a number can be typed where the file allows it. */
export function TargetList({ sheet }: { sheet: Exclude<Sheet, 'keypad'> }) {
  const { desk } = useRoom();
  const { targets, anyNumber, failed } = useTargets(sheet === 'party');
  const [typed, setTyped] = useState('');
  const box = useRef<HTMLFieldSetElement>(null);
  const people = usePeople(typed);
  const found = [...matching(targets ?? [], typed), ...people];
  const number = anyNumber ? numberIn(typed) : '';
  const choose = (to: Destination) => desk.controls.choose(sheet, to);
  const keyed = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && e.target instanceof HTMLInputElement) {
      const first = found.find((f) => f.free);
      if (number) choose({ number });
      else if (first && typed.trim()) choose(first.to);
    } else if (e.key === 'ArrowDown') step(box.current, 1);
    else if (e.key === 'ArrowUp') step(box.current, -1);
    else return;
    e.preventDefault();
  };
  return (
    <fieldset ref={box} class="targets" aria-label={t('targetsOf')} onKeyDown={keyed}>
      <input
        data-first
        data-testid="target-find"
        type="text"
        autocomplete="off"
        maxLength={64}
        value={typed}
        onInput={(e) => setTyped(e.currentTarget.value)}
        placeholder={t(anyNumber ? 'targetFindNumber' : 'targetFind')}
        aria-label={t(anyNumber ? 'targetFindNumber' : 'targetFind')}
      />
      <div class="target-list">
        {number && (
          <button type="button" class="target" data-testid="target-number" onClick={() => choose({ number })}>
            <span class="target-name">{t('targetCall', { number })}</span>
          </button>
        )}
        {found.map((target) => (
          <Line key={target.id} target={target} choose={choose} />
        ))}
        {found.length === 0 && !number && (
          <p class="target-none" role="status">
            {t(targets ? 'targetsNone' : failed ? 'targetsFailed' : 'targetsLoading')}
          </p>
        )}
      </div>
    </fieldset>
  );
}

function Line({ target, choose }: { target: Target; choose: (to: Destination) => void }) {
  const { to, name, free, state, waiting } = target;
  const queue = state === 'open' ? t('targetOpen') : t('targetClosed');
  const key = keyOf(`agentState.${state}`);
  return (
    <button
      type="button"
      class="target"
      data-testid={target.id.replace(' ', '-')}
      disabled={!free}
      onClick={() => choose(to)}
    >
      <span class="target-name">{name}</span>
      <span class={`target-state ${state}`}>
        {'number' in to ? numberGroups(to.number).join(' ') : 'queue' in to ? queue : key ? t(key) : state}
        {waiting ? ` · ${t('targetWaiting', { n: waiting })}` : ''}
      </span>
    </button>
  );
}

function useTargets(party: boolean) {
  const { desk } = useRoom();
  const [targets, setTargets] = useState<Target[] | null>(null);
  const [anyNumber, setAnyNumber] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let open = true;
    const take = (now: Targets) => {
      if (!open) return;
      setFailed(false);
      setAnyNumber(now.anyNumber);
      setTargets((before) => (before ? inPlace(before, targetsOf(now, party)) : targetsOf(now, party)));
    };
    const read = () => desk.controls.targets().then(take, () => open && setFailed(true));
    void read();
    const timer = setInterval(() => void read(), again);
    return () => {
      open = false;
      clearInterval(timer);
    };
  }, [desk, party]);
  return { targets, anyNumber, failed };
}

function step(box: HTMLElement | null, by: number): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>('input, .target:not(:disabled)') ?? [])];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  stops.at((at + by) % stops.length)?.focus();
}
