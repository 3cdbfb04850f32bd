import type { RunningCall, Supervision } from '../../api/oversee';
import { agentsOf, isOwn, modeOf, ownPart, placeOf } from '../../state/calls';
import { elapsed, instant } from '../../state/clock';
import { duration } from '../../text/format';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Wide } from './Wide';

const ways: readonly Supervision[] = ['listen', 'whisper', 'barge', 'take-over'];

/** The calls that run, and what a supervisor can do to each. */
export function Calls({
  calls,
  queues,
  now,
}: {
  calls: readonly RunningCall[];
  queues: readonly string[];
  now: number;
}) {
  return (
    <Wide label={t('callsNow')}>
      <table class="wall-agents wall-calls">
        <caption>{t('callsNow')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('customer')}</th>
            <th scope="col">{t('queue')}</th>
            <th scope="col">{t('agent')}</th>
            <th scope="col">{t('since')}</th>
            <th scope="col">{t('takePart')}</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <Row key={call.id} call={call} queues={queues} now={now} />
          ))}
          {calls.length === 0 && (
            <tr>
              <td colSpan={5} class="quiet">
                {t('noCalls')}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </Wide>
  );
}

function Row({ call, queues, now }: { call: RunningCall; queues: readonly string[]; now: number }) {
  const { desk } = useRoom();
  const why = desk.overseeing.refusals.value[call.id];
  const place = placeOf(call);
  return (
    <tr data-testid="wall-call" data-state={place}>
      <th scope="row">{call.name || call.number || t('withheld')}</th>
      <td>{call.queue}</td>
      <td>{place === 'waits' ? t('waits') : agentsOf(call)}</td>
      <td class="wall-since">{duration(elapsed(instant(call.began), now))}</td>
      <td>
        {place === 'talks' && <Ways call={call} />}
        {place === 'waits' && <Move call={call} queues={queues} />}
        {why && (
          <p class="wall-refused" role="alert" data-testid="wall-refused">
            {why}
          </p>
        )}
      </td>
    </tr>
  );
}

function Ways({ call }: { call: RunningCall }) {
  const { desk } = useRoom();
  const { me, line, phone } = desk.state.value;
  const user = me?.user ?? '';
  const part = ownPart(call, user);
  const mode = modeOf(part);
  if (isOwn(call, user)) return <Own call={call} />;
  const elsewhere = phone !== null && phone.call !== call.id; // one call at a time
  const disabled = line !== 'ready' || elsewhere || desk.overseeing.busy.value.has(call.id);
  return (
    <fieldset class="wall-ways" aria-label={t('takePart')}>
      {ways.map((way) => (
        <button
          key={way}
          type="button"
          class="button small"
          data-testid={`way-${way}`}
          aria-pressed={way === 'take-over' ? undefined : mode === way}
          disabled={disabled}
          title={line === 'ready' ? undefined : t('noPhoneHere')}
          onClick={() => void desk.overseeing.supervise(call.id, way)}
        >
          {t(`way.${way}`)}
        </button>
      ))}
      {part && (
        <button
          type="button"
          class="button small"
          data-testid="way-leave"
          onClick={() => void desk.overseeing.leave(call.id)}
        >
          {t('way.leave')}
        </button>
      )}
    </fieldset>
  );
}

/** A call that was taken over by somebody who has no desk: it can be muted and ended here. */
function Own({ call }: { call: RunningCall }) {
  const { desk } = useRoom();
  const { me, phone } = desk.state.value;
  if (me?.agent || phone?.call !== call.id) return <span class="quiet">{t('ownCall')}</span>;
  return (
    <fieldset class="wall-ways" aria-label={t('ownCall')}>
      <button
        type="button"
        class="button small"
        data-testid="wall-mute"
        aria-pressed={phone.muted}
        onClick={() => desk.silence(!phone.muted)}
      >
        {t('mute')}
      </button>
      <button
        type="button"
        class="button small danger"
        data-testid="wall-hangup"
        onClick={() => desk.overseeing.hangup()}
      >
        {t('hangup')}
      </button>
    </fieldset>
  );
}

function Move({ call, queues }: { call: RunningCall; queues: readonly string[] }) {
  const { desk } = useRoom();
  return (
    <label class="wall-move">
      <span class="hidden">{t('moveTo')}</span>
      <select
        data-testid="move"
        value=""
        disabled={desk.overseeing.busy.value.has(call.id)}
        onChange={(e) => {
          const queue = e.currentTarget.value;
          e.currentTarget.value = '';
          if (queue) void desk.overseeing.move(call.id, queue);
        }}
      >
        <option value="">{t('moveTo')}</option>
        {queues.map((queue) => (
          <option key={queue} value={queue}>
            {queue === call.queue ? t('toTheHead', { queue }) : queue}
          </option>
        ))}
      </select>
    </label>
  );
}
