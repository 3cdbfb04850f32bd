import type { Microphone } from '../state/state';
import { chosen } from './devices';
import { voiceConstraints, voiceProcessing } from './voice';

/** Why there is no microphone. */
export class MicrophoneError extends Error {
  constructor(readonly kind: Exclude<Microphone, 'ok' | 'gone'>) {
    super(`microphone ${kind}`);
  }
}

/** Opens the microphone; the caller closes it. Throws MicrophoneError. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new MicrophoneError('insecure');
  const wanted = chosen('microphone');
  const audio = voiceConstraints(voiceProcessing());
  try {
    if (wanted) audio.deviceId = { ideal: wanted }; // one that is gone: the browser's own choice
    return await navigator.mediaDevices.getUserMedia({ audio, video: false });
  } catch (error) {
    throw new MicrophoneError(kindOf(error));
  }
}

export function closeMicrophone(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Asks for the permission now, so that it is not asked while a customer waits. Throws MicrophoneError. */
export async function askMicrophone(): Promise<void> {
  closeMicrophone(await openMicrophone());
}

function kindOf(error: unknown): 'refused' | 'missing' | 'busy' {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'refused';
}
