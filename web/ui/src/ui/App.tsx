import { watches } from '../state/watches';
import { type Room, RoomContext } from './context';
import { Frame } from './frame/Frame';
import { Login } from './login/Login';
import { Operators } from './operators/Operators';
import { usePage } from './usePage';

/** Signed in: the desk, or for those who watch over it the trunks, which are all there is for who takes no calls. Else the login. While that is being found out: nothing, for it takes a moment only. */
export function App({ room }: { room: Room }) {
  const { session, me } = room.desk.state.value;
  const page = usePage();
  const trunks = watches(me) && (!me?.agent || page === '#trunks');
  return (
    <RoomContext.Provider value={room}>
      {session === 'in' && (trunks ? <Operators /> : <Frame />)}
      {session === 'out' && <Login />}
    </RoomContext.Provider>
  );
}
