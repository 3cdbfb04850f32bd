import { useEffect, useRef, useState } from 'preact/hooks';
import type { CallOutLook } from '../../api/callout';
import { callOutApi } from '../../api/callout';
import { type Found, isNumber, nameOf, orderOf } from '../../state/callout';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { Keycap } from '../kit/Keycap';
import { NumberText } from '../kit/NumberText';
import { useLook } from './useLook';

/** Calling out, in the place of the call: a number or a name, in whose name, and what is known of it before it is called. */
export function Dial() {
  const { desk } = useRoom();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState({ queue: '', from: '', fresh: false });
  const { look, found, failed } = useLook(typed);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => focusByKey(input), []);
  const order = orderOf(look, chosen);
  const busy = desk.dialling.busy.value;
  const submit = async (e: Event) => {
    e.preventDefault();
    if (order && (await desk.callOut(() => callOutApi.call(order)))) setTyped('');
  };
  return (
    <form class="dial" aria-label={t('dial')} data-testid="dial" onSubmit={(e) => void submit(e)}>
      <label class="dial-who">
        <span class="label">{t('dial')}</span>
        <input
          ref={input}
          data-testid="dial-number"
          type="text"
          inputMode="tel"
          autocomplete="off"
          maxLength={64}
          value={typed}
          placeholder={t('dialHint')}
          onInput={(e) => setTyped(e.currentTarget.value)}
        />
      </label>
      <div class="dial-middle">
        {look?.number && <Known look={look} chosen={chosen} choose={setChosen} />}
        <People found={found} choose={setTyped} />
        <p class={`dial-why ${look?.refused || failed ? 'bad' : ''}`} role="status" data-testid="dial-why">
          {words(typed, look, found.length, failed)}
        </p>
      </div>
      <button type="submit" class="button primary wide" data-testid="dial-call" disabled={!order || busy}>
        <Icon name="phone" size={16} />
        {t(busy ? 'dialBusy' : 'dialCall')}
        <Keycap>D</Keycap>
      </button>
    </form>
  );
}

function words(typed: string, look: CallOutLook | null, found: number, failed: boolean): string {
  if (failed) return t('unreachable');
  if (look) return look.refused || (look.queues.length === 0 ? t('noQueues') : '');
  return typed.trim() && !isNumber(typed) && found === 0 ? t('dialNobody') : '';
}

type Chosen = { queue: string; from: string; fresh: boolean };

/** Whose the number is, in whose name it is called, and the conversation that there is already. */
function Known({ look, chosen, choose }: { look: CallOutLook; chosen: Chosen; choose: (c: Chosen) => void }) {
  const { queue, from } = nameOf(look, chosen.queue, chosen.from);
  const numbers = look.queues.find((q) => q.queue === queue)?.numbers ?? [];
  return (
    <>
      <p class="dial-name" data-testid="dial-name">
        <b>{look.name || t(look.emergency ? 'dialEmergency' : 'unknownCaller')}</b> <NumberText number={look.number} />
      </p>
      {!look.refused && look.queues.length > 0 && (
        <div class="dial-as">
          <Choice
            id="dial-queue"
            label={t('dialQueue')}
            value={queue}
            all={look.queues.map((q) => q.queue)}
            choose={(value) => choose({ ...chosen, queue: value, from: '' })}
          />
          {numbers.length > 0 && (
            <Choice
              id="dial-from"
              label={t('dialFrom')}
              value={from}
              all={numbers}
              choose={(value) => choose({ ...chosen, queue, from: value })}
            />
          )}
        </div>
      )}
      {!look.refused && look.conversation && (
        <fieldset class="dial-conversation" data-testid="dial-conversation">
          <legend class="label">
            {t('dialConversation', { queue: look.conversation.queue, day: day(look.conversation.opened) })}
          </legend>
          {([false, true] as const).map((fresh) => (
            <label key={String(fresh)}>
              <input
                type="radio"
                name="dial-conversation"
                checked={chosen.fresh === fresh}
                onChange={() => choose({ ...chosen, fresh })}
              />
              {t(fresh ? 'dialNew' : 'dialJoin')}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

function Choice(props: {
  id: string;
  label: string;
  value: string;
  all: readonly string[];
  choose: (value: string) => void;
}) {
  return (
    <label>
      <span class="label">{props.label}</span>
      <span class="select">
        <select data-testid={props.id} value={props.value} onChange={(e) => props.choose(e.currentTarget.value)}>
          {props.all.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <Icon name="chevron" size={16} />
      </span>
    </label>
  );
}

/** Whom the directory has. */
function People({ found, choose }: { found: readonly Found[]; choose: (number: string) => void }) {
  if (found.length === 0) return null;
  return (
    <ul class="dial-found" aria-label={t('directory')}>
      {found.map((f) => (
        <li key={f.id}>
          <button type="button" class="target" data-testid="dial-found" onClick={() => choose(f.number)}>
            <span class="target-name">{f.name || t('unknownCaller')}</span>
            <span class="target-state">
              <NumberText number={f.number} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function day(time: string): string {
  return new Date(time).toLocaleDateString(locale(), { dateStyle: 'medium' });
}

/** D goes to the field from anywhere but another one. */
function focusByKey(input: { current: HTMLInputElement | null }): () => void {
  const down = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.key.toUpperCase() !== 'D') return;
    if (e.target instanceof Element && e.target.closest('textarea, select, input, [contenteditable]')) return;
    e.preventDefault();
    input.current?.focus();
  };
  window.addEventListener('keydown', down);
  return () => window.removeEventListener('keydown', down);
}
