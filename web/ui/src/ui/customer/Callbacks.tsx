import { useEffect, useState } from 'preact/hooks';
import { type Callback, callbackApi } from '../../api/callbacks';
import { Refusal } from '../../api/refusal';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { CopyButton } from '../kit/CopyButton';
import { NumberText } from '../kit/NumberText';
import { PlanCallback } from './PlanCallback';

const again = 2_000; // after a failure

/** Customers of the own queues who are to be called: those of the list can be taken and called, each promise can be taken back, and a new one made. */
export function Callbacks() {
  const { desk } = useRoom();
  const [all, setAll] = useState<Callback[]>([]);
  const [tries, setTries] = useState(0);
  const [why, setWhy] = useState('');
  const view = desk.state.value.view;
  const changes = (view?.queues ?? []).map((q) => q.callbacks?.changed ?? 0).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of these says that the list is another one
  useEffect(() => {
    let timer = 0;
    let over = false;
    callbackApi.list().then(
      (list) => !over && setAll(list),
      () => {
        if (!over) timer = window.setTimeout(() => setTries((n) => n + 1), again);
      },
    );
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [changes, tries]);
  const act = (what: Promise<unknown>) => {
    setWhy('');
    what.then(
      () => setTries((n) => n + 1),
      (e: unknown) => setWhy(e instanceof Refusal && e.detail ? e.detail : t('callbackRefused')),
    );
  };
  const call = (id: string) => {
    setWhy('');
    void desk.callOut(async () => (await callbackApi.call(id)).id).then(() => setTries((n) => n + 1));
  };
  return (
    <section class="messages callbacks" aria-label={t('callbacks')}>
      <h2>{t('callbacks')}</h2>
      {why && (
        <p class="callbacks-why" role="alert">
          {why}
        </p>
      )}
      <ul>
        {all.map((c) => (
          <Row key={c.id} callback={c} self={view?.agent.user ?? ''} act={act} call={call} />
        ))}
      </ul>
      <PlanCallback planned={() => setTries((n) => n + 1)} />
    </section>
  );
}

function Row(props: {
  callback: Callback;
  self: string;
  act: (what: Promise<unknown>) => void;
  call: (id: string) => void;
}) {
  const { callback: c, self, act, call } = props;
  const mine = c.agent === self;
  const details = [
    c.queue,
    t(`callbackState.${c.state}`),
    t(c.type === 'manual' ? 'callbackManual' : 'callbackAutomatic'),
    c.agent && t('callbackBy', { agent: mine ? t('you') : c.agent }),
    c.owner && t('callbackFor', { agent: c.owner === self ? t('you') : c.owner }),
    new Date(c.due).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'short' }),
    c.attempts > 0 && t('callbackAttempts', { n: String(c.attempts) }),
  ];
  return (
    <li data-testid="callback" data-state={c.state}>
      <div class="message-who">
        <b>{c.name || <NumberText number={c.number} />}</b>
        <CopyButton text={c.number} label={t('copyNumber')} />
        <small>{details.filter(Boolean).join(' · ')}</small>
      </div>
      <div class="callback-actions">
        {c.type === 'manual' && !mine && (
          <button type="button" class="button" data-testid="callback-take" onClick={() => act(callbackApi.take(c.id))}>
            {t('callbackTake')}
          </button>
        )}
        {c.type === 'manual' && (
          <>
            <button type="button" class="button" data-testid="callback-call" onClick={() => call(c.id)}>
              {t('callbackCall')}
            </button>
            <button
              type="button"
              class="button"
              data-testid="callback-done"
              onClick={() => act(callbackApi.done(c.id))}
            >
              {t('done')}
            </button>
          </>
        )}
        <button
          type="button"
          class="button"
          data-testid="callback-cancel"
          onClick={() => act(callbackApi.cancel(c.id))}
        >
          {t('callbackCancel')}
        </button>
      </div>
    </li>
  );
}
