import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Desk } from '../app/desk';
import type { Drafting } from '../app/drafting';
import type { Keys } from '../app/keys';

export interface Room {
  readonly desk: Desk;
  readonly drafting: Drafting;
  readonly keys: Keys;
}

export const RoomContext = createContext<Room | null>(null);

/** What the components of the desk work with. */
export function useRoom(): Room {
  const room = useContext(RoomContext);
  if (!room) throw new Error('ui: no room above this component');
  return room;
}
