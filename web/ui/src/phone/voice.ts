const key = 'mediasrv.voiceProcessing';

/** Whether the browser cleans the agent's voice (echo, noise, level). On by default; "off" in local storage switches it off. */
export function voiceProcessing(): boolean {
  return localStorage.getItem(key) !== 'off';
}

export function setVoiceProcessing(on: boolean): void {
  if (on) localStorage.removeItem(key);
  else localStorage.setItem(key, 'off');
}

export function voiceConstraints(on: boolean): MediaTrackConstraints {
  return { echoCancellation: on, noiseSuppression: on, autoGainControl: on };
}
