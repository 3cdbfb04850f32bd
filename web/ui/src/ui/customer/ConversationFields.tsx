import { useState } from 'preact/hooks';
import { type Conversation, type ConversationForm, conversationApi } from '../../api/conversations';
import { Refusal } from '../../api/refusal';
import { t } from '../../text/text';

/** Priority and tags of a conversation, kept as they are changed. */
export function ConversationFields(props: { conversation: Conversation; changed: (c: Conversation) => void }) {
  const { conversation, changed } = props;
  const [why, setWhy] = useState('');
  const [tag, setTag] = useState('');
  const save = (form: ConversationForm) => {
    setWhy('');
    conversationApi.change(conversation.id, form).then(changed, (e: unknown) => {
      setWhy(e instanceof Refusal && e.detail ? e.detail : t('unreachable'));
    });
  };
  const add = (e: Event) => {
    e.preventDefault();
    if (!tag.trim()) return;
    save({ tags: [...conversation.tags, tag.trim()] });
    setTag('');
  };
  return (
    <section class="conversation-fields" aria-label={t('conversation')} data-testid="conversation-fields">
      <label class="conversation-priority">
        <span class="label">{t('priority')}</span>
        <input
          type="number"
          min={0}
          max={99}
          step={1}
          value={conversation.priority}
          data-testid="conversation-priority"
          onChange={(e) => save({ priority: Number(e.currentTarget.value) })}
        />
      </label>
      <form class="conversation-tags" onSubmit={add}>
        <label>
          <span class="label">{t('tags')}</span>
          <input
            type="text"
            maxLength={40}
            value={tag}
            placeholder={t('tagHint')}
            data-testid="conversation-tag"
            onInput={(e) => setTag(e.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={!tag.trim()}>
          {t('tagAdd')}
        </button>
      </form>
      <ul class="tags" aria-label={t('tags')}>
        {conversation.tags.map((one) => (
          <li key={one} class="chip">
            {one}
            <button
              type="button"
              aria-label={t('tagDrop', { tag: one })}
              onClick={() => save({ tags: conversation.tags.filter((other) => other !== one) })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {why && <p role="alert">{why}</p>}
    </section>
  );
}
