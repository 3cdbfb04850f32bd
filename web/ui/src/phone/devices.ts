/** What a device is for. */
export type DeviceUse = 'microphone' | 'speaker' | 'ringer';
export type Devices = Readonly<Record<DeviceUse, string>>;

const key = (use: DeviceUse) => `mediasrv.${use}`;

/** The device that was chosen in this browser; empty: the browser's own choice. */
export function chosen(use: DeviceUse): string {
  return localStorage.getItem(key(use)) ?? '';
}

export function choose(use: DeviceUse, id: string): void {
  if (id) localStorage.setItem(key(use), id);
  else localStorage.removeItem(key(use));
}

export interface Device {
  readonly id: string;
  readonly name: string;
}

/** The devices that there are. They have names only once the microphone was allowed. */
export async function devices(use: DeviceUse): Promise<Device[]> {
  const kind = use === 'microphone' ? 'audioinput' : 'audiooutput';
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all
    .filter((d) => d.kind === kind && d.deviceId && d.deviceId !== 'default' && d.deviceId !== 'communications')
    .map((d, i) => ({ id: d.deviceId, name: d.label || `${i + 1}` }));
}

/** Whether the browser lets pages choose where sound comes out. */
export function choosesSpeakers(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

interface Sink {
  setSinkId?(id: string): Promise<void>;
}

/** Lets an audio element, or a context, play at the chosen device. One that is gone is the browser's own choice. */
export async function playAt(sink: object, use: 'speaker' | 'ringer'): Promise<void> {
  const at = sink as Sink;
  try {
    await at.setSinkId?.(chosen(use));
  } catch (error) {
    console.warn(`phone: the chosen ${use} can't be used`, error);
    await at.setSinkId?.('').catch(() => undefined);
  }
}
