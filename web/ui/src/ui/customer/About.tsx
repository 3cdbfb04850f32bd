import type { CustomerView, PastContact } from '../../api/conversations';
import type { CallView } from '../../api/types';
import { duration } from '../../text/format';
import { locale } from '../../text/language';
import { endText } from '../../text/reason';
import { keyOf, t } from '../../text/text';
import { ConversationFields } from './ConversationFields';
import { NameField } from './NameField';
import { useCustomer } from './useCustomer';

/** What is known of the customer besides this call: the conversation's form, the directory's entry, and the calls before. */
export function About({ call }: { call: CallView }) {
  const [view, setView] = useCustomer(call.id, call.state);
  if (!view) return null;
  return (
    <>
      {view.conversation && (
        <ConversationFields
          key={view.conversation.id}
          conversation={view.conversation}
          changed={(conversation) => setView({ ...view, conversation })}
        />
      )}
      {call.number && !view.contact?.name && (
        <NameField contact={view.contact} number={call.number} named={(contact) => setView({ ...view, contact })} />
      )}
      <Past view={view} />
    </>
  );
}

const shown = 3;

function Past({ view }: { view: CustomerView }) {
  const past = view.past.slice(0, 10);
  return (
    <section class="past" aria-label={t('pastContacts')} data-testid="past">
      <h3>{t('pastContacts')}</h3>
      {past.length === 0 && <p class="quiet">{t('pastNone')}</p>}
      <ol>
        {past.slice(0, shown).map((p) => (
          <Line key={p.call} past={p} />
        ))}
      </ol>
      {past.length > shown && (
        <details>
          <summary>{t('pastMore', { n: past.length - shown })}</summary>
          <ol>
            {past.slice(shown).map((p) => (
              <Line key={p.call} past={p} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

function Line({ past: p }: { past: PastContact }) {
  const details = [
    p.queue,
    p.talked > 0 ? duration(p.talked) : endText(p.endReason),
    p.agent,
    p.disposition,
    statusWord(p.status),
    ...p.tags.map((tag) => `#${tag}`),
  ];
  return (
    <li>
      <time dateTime={p.at}>{new Date(p.at).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'short' })}</time>
      <span>
        <b>{t(p.direction === 'outbound' ? 'pastOut' : 'pastIn')}</b>{' '}
        <small>{details.filter(Boolean).join(' · ')}</small>
        {p.notes && <q class="past-notes">{p.notes}</q>}
      </span>
    </li>
  );
}

function statusWord(status: string): string {
  const key = keyOf(`conversation.${status}`);
  return key ? t(key) : '';
}
