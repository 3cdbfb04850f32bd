import { longestNotes } from '../../state/draft';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { ConversationStatusField } from './ConversationStatusField';
import { DispositionField } from './DispositionField';
import { LineRating } from './LineRating';
import { WrapUpFoot } from './WrapUpFoot';

/** What the agent writes: notes during the call, the rest of it in the wrap-up. */
export function NotesColumn() {
  const { drafting } = useRoom();
  const draft = drafting.draft.value;
  return (
    <section class="notes" aria-label={t('notes')}>
      <label class="notes-text">
        <span class="label">{t('notes')}</span>
        <textarea
          data-testid="notes"
          value={draft?.notes ?? ''}
          maxLength={longestNotes}
          disabled={!draft}
          placeholder={t(draft ? 'notesHint' : 'notesIdle')}
          onInput={(e) => drafting.change({ notes: e.currentTarget.value })}
        />
      </label>
      <DispositionField />
      <ConversationStatusField />
      <LineRating />
      <WrapUpFoot />
    </section>
  );
}
