import { playAt } from '../phone/devices';
import type { Sound } from '../state/sounds';

/** Notes of a sound: [frequency in Hz, begin in s, length in s]. */
type Note = readonly [number, number, number];

const sounds: Record<Sound | 'ring', readonly Note[]> = {
  ring: [
    [659, 0, 0.18],
    [880, 0.16, 0.32],
    [659, 0.62, 0.18],
    [880, 0.78, 0.32],
  ],
  connected: [
    [587, 0, 0.1],
    [880, 0.09, 0.16],
  ],
  ended: [
    [587, 0, 0.1],
    [392, 0.1, 0.2],
  ],
  back: [
    [392, 0, 0.1],
    [587, 0.1, 0.2],
  ],
  lost: [
    [294, 0, 0.18],
    [294, 0.26, 0.3],
  ],
};

const ringEvery = 2800;
const loudness = 0.12;

/** The desk's sounds, made by WebAudio. Silent until the page was touched once: browsers want it so. */
export class Chime {
  private context: AudioContext | null = null;
  private ringing = 0;

  /** To be called in a click or key press. */
  wake(): void {
    if (!this.context) {
      this.context = new AudioContext();
      this.takeDevice();
    }
    if (this.context.state === 'suspended') void this.context.resume();
  }

  /** Sounds where the agent wants it to ring. */
  takeDevice(): void {
    if (this.context) void playAt(this.context, 'ringer');
  }

  play(sound: Sound | 'ring'): void {
    for (const note of sounds[sound]) this.sing(note);
  }

  ring(on: boolean): void {
    if (on === this.ringing > 0) return;
    clearInterval(this.ringing);
    this.ringing = 0;
    if (!on) return;
    this.play('ring');
    this.ringing = window.setInterval(() => this.play('ring'), ringEvery);
  }

  private sing([frequency, begin, length]: Note): void {
    const context = this.context;
    if (context?.state !== 'running') return;
    const at = context.currentTime + begin;
    const tone = context.createOscillator();
    const level = context.createGain();
    tone.type = 'sine';
    tone.frequency.value = frequency;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(loudness, at + 0.015);
    level.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(level).connect(context.destination);
    tone.start(at);
    tone.stop(at + length + 0.05);
  }
}
