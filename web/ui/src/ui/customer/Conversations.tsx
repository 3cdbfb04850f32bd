import { useEffect, useState } from 'preact/hooks';
import { callOutApi } from '../../api/callout';
import { type Conversation, type ConversationForm, conversationApi } from '../../api/conversations';
import { Refusal } from '../../api/refusal';
import { conversationStatuses } from '../../state/draft';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { NumberText } from '../kit/NumberText';

/** Conversations that are not closed: the own ones, and those of the own queues that are nobody's. Each can be called from. */
export function Conversations() {
  const { desk } = useRoom();
  const [all, setAll] = useState<Conversation[]>([]);
  const [tries, setTries] = useState(0);
  const [why, setWhy] = useState('');
  const since = desk.state.value.view?.agent.since ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each call the list is another one
  useEffect(() => {
    let over = false;
    conversationApi.list().then(
      (list) => !over && setAll(list),
      () => undefined, // read again with the next change
    );
    return () => {
      over = true;
    };
  }, [since, tries]);
  const change = (id: string, form: ConversationForm) => {
    setWhy('');
    conversationApi.change(id, form).then(
      () => setTries((n) => n + 1),
      (e: unknown) => setWhy(e instanceof Refusal && e.detail ? e.detail : t('unreachable')),
    );
  };
  const call = (c: Conversation) => {
    void desk.callOut(() => callOutApi.call({ number: c.number, conversation: 'join' }));
  };
  if (all.length === 0) return null;
  return (
    <section class="messages conversations" aria-label={t('openConversations')}>
      <h2>{t('openConversations')}</h2>
      {why && (
        <p class="callbacks-why" role="alert">
          {why}
        </p>
      )}
      <ul>
        {all.slice(0, 20).map((c) => (
          <li key={c.id} data-testid="conversation" data-status={c.status}>
            <div class="message-who">
              <b>{c.name || (c.number ? <NumberText number={c.number} /> : t('withheld'))}</b>
              <small>{details(c)}</small>
            </div>
            <div class="callback-actions">
              <label class="conversation-state">
                <span class="hidden">{t('statusOf', { name: c.name || c.number || t('withheld') })}</span>
                <select
                  value={c.status}
                  onChange={(e) => change(c.id, { status: e.currentTarget.value as Conversation['status'] })}
                >
                  {conversationStatuses.map((status) => (
                    <option key={status} value={status}>
                      {t(`conversation.${status}`)}
                    </option>
                  ))}
                </select>
              </label>
              <button
                type="button"
                class="button"
                data-testid="conversation-call"
                disabled={!c.number || desk.dialling.busy.value}
                onClick={() => call(c)}
              >
                {t('callbackCall')}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function details(c: Conversation): string {
  const parts = [
    c.queue,
    c.agent ? '' : t('conversationFree'),
    c.priority > 0 ? t('priorityOf', { n: c.priority }) : '',
    new Date(c.changed).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'short' }),
    ...c.tags.map((tag) => `#${tag}`),
  ];
  return parts.filter(Boolean).join(' · ');
}
