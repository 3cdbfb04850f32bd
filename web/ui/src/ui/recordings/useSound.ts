import { useEffect, useRef, useState } from 'preact/hooks';

const speedName = 'mediasrv.playbackSpeed';
const volumeName = 'mediasrv.playbackVolume';

/** Speeds at which speech can still be followed. */
export const speeds = [0.75, 1, 1.25, 1.5, 1.75, 2];

/**
 * A sound that is played, which begins late seconds behind the whole that it is of: where in the whole one is, and what can be done with it. Another sound
 * of the same whole goes on at the same place. Speed and volume are this browser's, and are remembered.
 */
export function useSound(url: string, late: number) {
  const [audio] = useState(() => new Audio());
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [broken, setBroken] = useState(false);
  const [speed, setSpeed] = useState(() => kept(speedName, 1));
  const [volume, setVolume] = useState(() => kept(volumeName, 1));
  const place = useRef(0); // in the whole; where to go on when the sound is there
  const before = useRef(late);

  useEffect(() => {
    audio.preload = 'metadata';
    const events: [string, () => void][] = [
      ['timeupdate', () => setAt(audio.currentTime)],
      ['seeking', () => setAt(audio.currentTime)],
      ['play', () => setPlaying(true)],
      ['pause', () => setPlaying(false)],
      ['error', () => setBroken(true)],
      [
        'loadedmetadata',
        () => {
          if (place.current) audio.currentTime = place.current;
          place.current = 0;
        },
      ],
    ];
    for (const [name, run] of events) audio.addEventListener(name, run);
    return () => {
      for (const [name, run] of events) audio.removeEventListener(name, run);
      audio.pause();
      audio.removeAttribute('src');
      audio.load();
    };
  }, [audio]);

  useEffect(() => {
    const goesOn = !audio.paused;
    place.current = audio.currentTime + before.current;
    before.current = late;
    setBroken(false);
    audio.src = url;
    if (goesOn) void audio.play().catch(() => undefined);
  }, [audio, url, late]);

  useEffect(() => {
    audio.playbackRate = audio.defaultPlaybackRate = speed;
    audio.volume = volume;
    localStorage.setItem(speedName, String(speed));
    localStorage.setItem(volumeName, String(volume));
  }, [audio, speed, volume]);

  const toggle = () => {
    if (audio.paused) void audio.play().catch(() => undefined);
    else audio.pause();
  };
  const seek = (to: number) => {
    const here = Math.max(0, to - late);
    place.current = to;
    setAt(here);
    if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) audio.currentTime = here;
  };
  return { at: at + late, playing, broken, speed, volume, setSpeed, setVolume, toggle, seek };
}

/** A number that this browser remembers between 0 and 2. */
function kept(name: string, usual: number): number {
  const text = localStorage.getItem(name);
  const value = Number(text);
  return text !== null && value >= 0 && value <= 2 ? value : usual;
}
