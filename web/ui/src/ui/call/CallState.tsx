import { elapsed, remaining } from '../../state/clock';
import { type Panel, stateOf } from '../../state/panel';
import { duration } from '../../text/format';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { CallGlyph } from './CallGlyph';

/** "Ringing · Support · 0:07", in words, colour and shape. */
export function CallState({ panel }: { panel: Panel }) {
  const { desk } = useRoom();
  const time = timeOf(panel, desk.now.value);
  return (
    <div class="call-head">
      <CallGlyph kind={panel.kind} muted={panel.muted} held={panel.talk === 'held'} />
      <h2 class="call-state" data-testid="call-state">
        <span class="call-word">{t(`state.${stateOf(panel)}`)}</span>
        {panel.queue && (
          <>
            <Separator />
            <span class="call-queue" data-testid="call-queue">
              {panel.queue}
            </span>
          </>
        )}
        {time && (
          <>
            <Separator />
            <span class="call-time" role="timer">
              {time}
            </span>
          </>
        )}
      </h2>
    </div>
  );
}

function Separator() {
  return <span class="separator"> · </span>;
}

function timeOf(panel: Panel, now: number): string {
  if (!panel.since || panel.kind === 'idle' || panel.kind === 'ended') return '';
  return duration(panel.kind === 'wrap-up' ? remaining(panel.since, now) : elapsed(panel.since, now));
}
