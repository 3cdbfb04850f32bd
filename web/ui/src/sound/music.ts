import { playAt } from '../phone/devices';

/** How long the music of the test lasts, in s. */
export const musicLength = 5;

const step = 0.25; // s from note to note
const chords = [
  [262, 330, 392, 523],
  [220, 262, 330, 440],
  [175, 220, 262, 349],
  [196, 247, 294, 392],
  [262, 330, 392, 523],
];

/** Plays five seconds of music where calls are heard; gives the function that ends it sooner. */
export function playMusic(over: () => void): () => void {
  const context = new AudioContext();
  void playAt(context, 'speaker').then(() => context.resume());
  chords.flat().forEach((frequency, i) => {
    const at = context.currentTime + 0.05 + i * step;
    const tone = context.createOscillator();
    const level = context.createGain();
    tone.type = 'triangle';
    tone.frequency.value = frequency;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(0.2, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.001, at + step * 2);
    tone.connect(level).connect(context.destination);
    tone.start(at);
    tone.stop(at + step * 2);
  });
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    void context.close();
    over();
  };
  const timer = setTimeout(end, musicLength * 1000);
  return () => {
    clearTimeout(timer);
    end();
  };
}
