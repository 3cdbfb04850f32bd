import type { PartyView } from '../../api/types';
import { partyName } from '../../text/party';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';

/** One whom the agent has called, and the button to hang up on them. */
export function PartyChip({ party }: { party: PartyView }) {
  const { desk } = useRoom();
  const name = partyName(party);
  return (
    <span class="chip party" data-testid="party" data-state={party.state}>
      <span class="party-name">{name}</span>
      <button
        type="button"
        class="icon-button"
        aria-label={t('dropParty', { name })}
        onClick={() => void desk.controls.drop(party.leg)}
      >
        <Icon name="close" size={14} />
      </button>
    </span>
  );
}
