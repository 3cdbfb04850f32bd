import { type Room, RoomContext } from './context';
import { Frame } from './frame/Frame';
import { Login } from './login/Login';

/** Signed in: the desk. Else the login. While that is being found out: nothing, for it takes a moment only. */
export function App({ room }: { room: Room }) {
  const { session } = room.desk.state.value;
  return (
    <RoomContext.Provider value={room}>
      {session === 'in' && <Frame />}
      {session === 'out' && <Login />}
    </RoomContext.Provider>
  );
}
