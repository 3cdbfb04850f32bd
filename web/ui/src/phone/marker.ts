const key = 'mediasrv.phoneCall';

// Which call the phone of this browser is in: a page that is loaded again, or opened after a crash, knows by it that its place is there. Whoever has the
// phone (see claimPhone) is the only one who writes it.

export function markCall(call: string): void {
  localStorage.setItem(key, call);
}

export function unmarkCall(call: string): void {
  if (localStorage.getItem(key) === call) localStorage.removeItem(key);
}

export function markedCall(): string {
  return localStorage.getItem(key) ?? '';
}
