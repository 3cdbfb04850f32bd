import type { MicrophoneError } from '../phone/microphone';
import { t } from './text';

/** Why there is no microphone, in words. */
export function microphoneText(kind: MicrophoneError['kind']): string {
  const keys = {
    refused: 'microphoneRefused',
    missing: 'microphoneMissing',
    busy: 'microphoneBusy',
    insecure: 'insecure',
  } as const;
  return t(keys[kind]);
}
