import { t } from '../../text/text';
import { useRoom } from '../context';
import { Dial } from '../dial/Dial';
import { CallActions } from './CallActions';
import { CallControls } from './CallControls';
import { Caller } from './Caller';
import { CallMessage } from './CallMessage';
import { CallState } from './CallState';
import { RingBar } from './RingBar';
import { Sheet } from './Sheet';

/** The call: always in the same place, of the same size. */
export function CallPanel() {
  const { desk } = useRoom();
  const panel = desk.panel.value;
  return (
    <section
      class={`call ${panel.kind}`}
      aria-label={t('call')}
      data-testid="call"
      data-state={panel.kind}
      data-muted={panel.muted}
      data-talk={panel.talk}
    >
      <RingBar panel={panel} />
      <CallState panel={panel} />
      {panel.call && panel.kind !== 'idle' ? <Caller panel={panel} /> : <div class="caller" />}
      <CallMessage panel={panel} />
      {panel.kind === 'idle' ? (
        <Dial />
      ) : (
        <>
          <CallControls panel={panel} />
          <Sheet panel={panel} />
          <CallActions panel={panel} />
        </>
      )}
    </section>
  );
}
