import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';

/** How the call came out, of the company's list. Open from the end of the call. */
export function DispositionField() {
  const { desk, drafting } = useRoom();
  const draft = drafting.draft.value;
  const wrapUp = desk.state.value.view?.wrapUp ?? null;
  const choices = wrapUp?.dispositions ?? [];
  return (
    <label class="row-field">
      <span class="label">{t('disposition')}</span>
      <span class="select">
        <select
          data-testid="disposition"
          value={draft?.disposition ?? ''}
          disabled={!draft || !wrapUp || choices.length === 0}
          required={wrapUp?.required ?? false}
          onChange={(e) => drafting.change({ disposition: e.currentTarget.value })}
        >
          <option value="">{t(emptyWord(draft !== null, wrapUp !== null, choices.length))}</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
        <Icon name="chevron" size={16} />
      </span>
    </label>
  );
}

function emptyWord(inCall: boolean, wrapUp: boolean, choices: number) {
  if (inCall && !wrapUp) return 'dispositionLater';
  return wrapUp && choices > 0 ? 'dispositionChoose' : 'dispositionNone';
}
