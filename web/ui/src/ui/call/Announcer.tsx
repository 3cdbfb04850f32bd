import { stateOf } from '../../state/panel';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** Tells screen readers each change of the call's state, once and without the running time. */
export function Announcer() {
  const { desk } = useRoom();
  const { kind, queue, name, number, muted } = desk.panel.value;
  const words = [t(`state.${stateOf(desk.panel.value)}`), queue];
  if (kind === 'ringing') words.push(name, number);
  if (kind === 'talking' && muted) words.push(t('muted'));
  return (
    <div class="hidden" role="status" aria-live="assertive" aria-atomic="true">
      {words.filter(Boolean).join(', ')}
    </div>
  );
}
