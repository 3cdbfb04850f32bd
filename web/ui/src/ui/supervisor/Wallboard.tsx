import { useEffect, useRef, useState } from 'preact/hooks';
import { type Wall, type WallAgent, type WallQueue, watchWallboard } from '../../api/wallboard';
import { elapsed, instant } from '../../state/clock';
import { alarm, bar, bySince } from '../../state/wallboard';
import { duration } from '../../text/format';
import { keyOf, t } from '../../text/text';
import { useRoom } from '../context';
import { AgentActions } from './AgentActions';
import { Calls } from './Calls';
import { Head } from './Head';
import { Wide } from './Wide';

/** The wallboard: a tile per queue, and the agents by how long they are in their state. In full screen it is read across a room. */
export function Wallboard() {
  const { desk } = useRoom();
  const [wall, setWall] = useState<Wall | null>(null);
  const [offset, setOffset] = useState(0);
  const [lost, setLost] = useState(false);
  const page = useRef<HTMLElement>(null);
  useEffect(
    () =>
      watchWallboard({
        wall: (message) => {
          setWall(message);
          setOffset(instant(message.now) - Date.now());
          setLost(false);
        },
        lost: () => setLost(true),
        denied: () => desk.expired(),
      }),
    [desk],
  );
  void desk.now.value; // four times a second, so that times count
  const now = Date.now() + offset;
  return (
    <main class="operators wallboard" ref={page}>
      <Head title={t('wallboard')} lost={lost}>
        <button type="button" class="button wall-full" onClick={() => void page.current?.requestFullscreen()}>
          {t('fullScreen')}
        </button>
      </Head>
      {wall && (
        <>
          <section class="wall-queues" aria-label={t('ofQueues')}>
            {wall.queues.map((queue) => (
              <Tile key={queue.name} queue={queue} now={now} />
            ))}
          </section>
          <Calls calls={wall.calls} queues={wall.queues.map((q) => q.name)} now={now} />
          <Wide label={t('agents')}>
            <table class="wall-agents">
              <thead>
                <tr>
                  <th scope="col">{t('agent')}</th>
                  <th scope="col">{t('stateOf')}</th>
                  <th scope="col">{t('since')}</th>
                  <th scope="col">{t('ofQueues')}</th>
                  <th scope="col">{t('change')}</th>
                </tr>
              </thead>
              <tbody>
                {bySince(wall.agents).map((agent) => (
                  <Agent key={agent.user} agent={agent} now={now} />
                ))}
              </tbody>
            </table>
          </Wide>
        </>
      )}
    </main>
  );
}

function Tile({ queue, now }: { queue: WallQueue; now: number }) {
  const waited = queue.longest ? elapsed(instant(queue.longest), now) : 0;
  const { today } = queue;
  return (
    <article class="wall-tile" data-testid="tile" data-alarm={alarm(queue, waited)}>
      <h2 title={queue.name}>{queue.name}</h2>
      <dl>
        <div class="wall-big">
          <dt>{t('waiting')}</dt>
          <dd data-testid="tile-waiting">{queue.waiting}</dd>
        </div>
        <div class="wall-big">
          <dt>{t('longestWait')}</dt>
          <dd>{queue.longest ? duration(waited) : t('none')}</dd>
        </div>
        <div class="wall-big">
          <dt>
            {t('serviceLevel')} <small>{t('withinSeconds', { seconds: queue.within })}</small>
          </dt>
          <dd>{today ? share(today.serviceLevel) : t('none')}</dd>
        </div>
        <div>
          <dt>{t('answeredToday')}</dt>
          <dd>{today?.answered ?? t('none')}</dd>
        </div>
        <div>
          <dt>{t('abandonedToday')}</dt>
          <dd>{today?.abandoned ?? t('none')}</dd>
        </div>
        <div>
          <dt>{t('answerSpeed')}</dt>
          <dd>{today?.answerSpeed == null ? t('none') : duration(today.answerSpeed)}</dd>
        </div>
      </dl>
      <Bar queue={queue} />
    </article>
  );
}

/** The queue's agents by state, as a bar and in words. */
function Bar({ queue }: { queue: WallQueue }) {
  const parts = bar(queue);
  return (
    <div class="wall-bar">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        {parts.map((part) => (
          <rect key={part.state} class={`state-${part.state}`} x={part.at} width={part.width} height="4" />
        ))}
      </svg>
      <p>
        <span class="hidden">{t('agentsByState')}: </span>
        {parts.length === 0 && t('noAgents')}
        {parts.map((part) => (
          <span key={part.state} class={`state-word state-${part.state}`}>
            {part.agents} {stateWord(part.state)}
          </span>
        ))}
      </p>
    </div>
  );
}

function Agent({ agent, now }: { agent: WallAgent; now: number }) {
  return (
    <tr data-testid="wall-agent" data-state={agent.state}>
      <th scope="row">{agent.name || agent.user}</th>
      <td>
        <span class={`state-word state-${agent.state}`}>{stateWord(agent.state)}</span>
        {!agent.phone && agent.state !== 'offline' && <small> {t('noPhone')}</small>}
      </td>
      <td class="wall-since">{duration(elapsed(instant(agent.since), now))}</td>
      <td>{agent.queues.join(', ')}</td>
      <td>
        <AgentActions agent={agent} />
      </td>
    </tr>
  );
}

function stateWord(state: string): string {
  const key = keyOf(`agentState.${state}`);
  return key ? t(key) : state;
}

function share(value: number | null): string {
  return value === null ? t('none') : `${Math.round(value * 100)} %`;
}
