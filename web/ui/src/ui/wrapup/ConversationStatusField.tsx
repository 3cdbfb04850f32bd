import { conversationStatuses } from '../../state/draft';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** What becomes of the conversation. */
export function ConversationStatusField() {
  const { drafting } = useRoom();
  const draft = drafting.draft.value;
  return (
    <fieldset class="row-field" disabled={!draft}>
      <legend class="label">{t('conversation')}</legend>
      <div class="segments" data-testid="conversation-status">
        {conversationStatuses.map((status) => (
          <label key={status}>
            <input
              type="radio"
              name="conversation"
              value={status}
              checked={draft?.status === status}
              onChange={() => drafting.change({ status })}
            />
            <span>{t(`conversation.${status}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
