import { useEffect, useState } from 'preact/hooks';
import { t } from '../../text/text';
import { Announcer } from '../call/Announcer';
import { CallPanel } from '../call/CallPanel';
import { useRoom } from '../context';
import { Customer } from '../customer/Customer';
import { NotesColumn } from '../wrapup/NotesColumn';
import { Account } from './Account';
import { Banner } from './Banner';
import { Queues } from './Queues';
import { StatusLine } from './StatusLine';
import { StatusMenu } from './StatusMenu';
import { type Tab, Tabs } from './Tabs';

/** The desk: three columns, or on a narrow screen the call above tabs. */
export function Frame() {
  const { desk } = useRoom();
  const [tab, setTab] = useState<Tab>('customer');
  const kind = desk.panel.value.kind;
  useEffect(() => {
    if (kind === 'ringing') setTab('customer');
    if (kind === 'wrap-up') setTab('notes');
  }, [kind]);
  return (
    <main class="frame" data-tab={tab} data-state={kind}>
      <h1 class="hidden">{t('deskOf')}</h1>
      <section class="side" aria-label={t('status')}>
        <div class="side-status">
          <StatusMenu />
          <Account />
          <StatusLine />
        </div>
        <Queues />
        <CallPanel />
      </section>
      <Tabs tab={tab} choose={setTab} />
      <Customer />
      <NotesColumn />
      <Banner />
      <Announcer />
    </main>
  );
}
