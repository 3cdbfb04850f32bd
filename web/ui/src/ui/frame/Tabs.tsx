import { t } from '../../text/text';

export type Tab = 'customer' | 'notes' | 'queues';

const tabs = [
  ['customer', 'customer'],
  ['notes', 'notes'],
  ['queues', 'tabQueues'],
] as const;

/** Which part a narrow screen shows under the call. Not seen on a wide one, which shows all. */
export function Tabs({ tab, choose }: { tab: Tab; choose: (tab: Tab) => void }) {
  return (
    <nav class="tabs">
      {tabs.map(([name, key]) => (
        <button key={name} type="button" aria-current={tab === name ? 'true' : undefined} onClick={() => choose(name)}>
          {t(key)}
        </button>
      ))}
    </nav>
  );
}
