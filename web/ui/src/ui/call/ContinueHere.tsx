import { placeFor } from '../../state/comeback';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** Takes the call from the agent's other phone to this one. */
export function ContinueHere() {
  const { desk } = useRoom();
  if (!placeFor(desk.state.value)) return null;
  return (
    <button type="button" class="button small" data-testid="continue-here" onClick={() => void desk.returning.here()}>
      {t('continueHere')}
    </button>
  );
}
