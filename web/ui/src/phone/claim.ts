import type { Phone } from './phone';

const lock = 'mediasrv.phone';

/**
 * Starts the phone in one window of the browser only: all windows share one login, and so one SIP secret. The others wait until that
 * window is closed. Gives the function that lets go.
 */
export function claimPhone(phone: Phone, waiting: () => void): () => void {
  if (!navigator.locks) {
    phone.start();
    return () => undefined;
  }
  let letGo: () => void = () => undefined;
  const abort = new AbortController();
  const held = new Promise<void>((done) => {
    letGo = done;
  });
  let mine = false;
  navigator.locks
    .request(lock, { signal: abort.signal }, () => {
      mine = true;
      phone.start();
      return held;
    })
    .catch(() => undefined); // given up before it was our turn
  setTimeout(() => {
    if (!mine && !abort.signal.aborted) waiting();
  }, 300);
  return () => {
    if (!mine) abort.abort();
    letGo();
  };
}
