import type { Microphone } from '../state/state';
import { openMicrophone } from './microphone';

/** The agent's voice in a call: a microphone, another one in its place, or silence while there is none, so that the line is never dead. */
export class Voice {
  /** By which it is sent; null: not yet. */
  connection: RTCPeerConnection | null = null;

  private constructor(
    readonly stream: MediaStream,
    private readonly tell: (microphone: Microphone) => void,
  ) {
    this.watch();
  }

  /** Throws MicrophoneError. tell hears what becomes of the microphone later. */
  static async open(tell: (microphone: Microphone) => void): Promise<Voice> {
    return new Voice(await openMicrophone(), tell);
  }

  /** Speaks by the microphone that is chosen now. Throws MicrophoneError: then it goes on as before. */
  async change(): Promise<void> {
    const next = (await openMicrophone()).getAudioTracks()[0];
    if (!next) return;
    await this.put(next);
    this.watch();
    this.tell('ok');
  }

  private watch(): void {
    const track = this.stream.getAudioTracks()[0];
    track?.addEventListener('ended', () => void this.mend());
    track?.addEventListener('mute', () => this.tell('gone'));
    track?.addEventListener('unmute', () => this.tell('ok'));
  }

  // A microphone that has stopped: another one takes its place if there is one.
  private async mend(): Promise<void> {
    this.tell('gone');
    try {
      await this.change();
    } catch {
      await this.put(silence());
    }
  }

  private async put(next: MediaStreamTrack): Promise<void> {
    const before = this.stream.getAudioTracks()[0];
    if (before) {
      next.enabled = before.enabled;
      this.stream.removeTrack(before);
      before.stop();
    }
    this.stream.addTrack(next);
    const sender = this.connection?.getSenders().find((s) => s.track?.kind === 'audio');
    await sender?.replaceTrack(next);
  }
}

function silence(): MediaStreamTrack {
  const track = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  if (!track) throw new Error('no silence');
  return track;
}
