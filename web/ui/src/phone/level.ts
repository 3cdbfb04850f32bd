/** Tells how loud a microphone is, 0 to 1, ten times a second, until the returned function is called. -60 dBFS and less is 0. */
export function watchLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(loudness(samples));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

export function loudness(samples: Float32Array): number {
  let energy = 0;
  for (const x of samples) energy += x * x;
  const decibels = 10 * Math.log10(energy / samples.length + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}
