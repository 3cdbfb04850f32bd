/** How often the connection is looked at, and how long nothing may come before the line counts as stalled, in ms. */
const every = 300;
const patience = 800;

export interface LineEvents {
  /** Sound came all the time, and for almost a second nothing has come. */
  stalled(): void;
  /** It comes again. */
  flows(): void;
}

/**
 * Watches whether anything comes by a connection. The server sends all the time, silence included; the browser itself notices a dead way only after
 * five seconds and more.
 */
export class LineWatch {
  private timer = 0;
  private last = -1;
  private at = 0;
  private stalled = false;

  constructor(
    private readonly connection: RTCPeerConnection,
    private readonly events: LineEvents,
  ) {}

  start(): void {
    this.timer = window.setInterval(() => void this.look(), every);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const packets = await received(this.connection);
    const now = performance.now();
    if (packets > this.last) {
      const first = this.last < 0;
      this.last = packets;
      this.at = now;
      if (this.stalled && !first) this.events.flows();
      this.stalled = false;
    } else if (!this.stalled && packets > 0 && now - this.at > patience) {
      this.stalled = true;
      this.events.stalled();
    }
  }
}

/** How many packets of sound have come. */
async function received(connection: RTCPeerConnection): Promise<number> {
  try {
    let sum = 0;
    for (const r of (await connection.getStats()).values()) if (r.type === 'inbound-rtp') sum += r.packetsReceived;
    return sum;
  } catch {
    return 0; // closed
  }
}
