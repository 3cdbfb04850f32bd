import { pageOf } from '../state/watches';
import { type Room, RoomContext } from './context';
import { DevicesDialog } from './devices/DevicesDialog';
import { Frame } from './frame/Frame';
import { Login } from './login/Login';
import { Operators } from './operators/Operators';
import { Recordings } from './recordings/Recordings';
import { Abandoned } from './supervisor/Abandoned';
import { Audit } from './supervisor/Audit';
import { Reports } from './supervisor/Reports';
import { Wallboard } from './supervisor/Wallboard';
import { usePage } from './usePage';

const pages = {
  desk: Frame,
  wallboard: Wallboard,
  reports: Reports,
  abandoned: Abandoned,
  recordings: Recordings,
  audit: Audit,
  trunks: Operators,
};

/** Signed in: the desk, or a page of those who watch over it. Else the login. While that is being found out: nothing, for it takes a moment only. */
export function App({ room }: { room: Room }) {
  const { session, me } = room.desk.state.value;
  const Page = pages[pageOf(usePage(), me)];
  return (
    <RoomContext.Provider value={room}>
      {session === 'in' && <Page />}
      {session === 'in' && <DevicesDialog />}
      {session === 'out' && <Login />}
    </RoomContext.Provider>
  );
}
