import type { Status } from '../../api/types';
import type { WallAgent } from '../../api/wallboard';
import { t } from '../../text/text';
import { useRoom } from '../context';

const statuses: readonly Status[] = ['available', 'busy', 'away', 'offline'];

/** What a supervisor can do to an agent: another status, and the end of all logins. */
export function AgentActions({ agent }: { agent: WallAgent }) {
  const { desk } = useRoom();
  const busy = desk.overseeing.busy.value.has(agent.user);
  const why = desk.overseeing.refusals.value[agent.user];
  const name = agent.name || agent.user;
  return (
    <>
      <fieldset class="wall-ways" aria-label={name}>
        <select
          data-testid="agent-status"
          aria-label={t('agentStatusOf', { name })}
          value={agent.status}
          disabled={busy}
          onChange={(e) => void desk.overseeing.setStatus(agent.user, e.currentTarget.value as Status)}
        >
          {statuses.map((status) => (
            <option key={status} value={status}>
              {t(`status.${status}`)}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button small"
          data-testid="agent-logout"
          disabled={busy}
          onClick={() => void desk.overseeing.logOut(agent.user)}
        >
          {t('logoutOf')}
        </button>
      </fieldset>
      {why && (
        <p class="wall-refused" role="alert" data-testid="wall-refused">
          {why}
        </p>
      )}
    </>
  );
}
