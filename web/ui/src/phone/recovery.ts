/** What a recovery can do. Each step may fail, and is then tried again. */
export interface Way {
  /** Makes a new WebSocket and registers by it. */
  register(): Promise<void>;
  /** Looks for a new way of the sound. */
  restart(): Promise<void>;
  /** Asks the server to call this phone into the same seat. */
  comeBack(): Promise<void>;
}

const stepLimit = 2_500; // ms for one step
const soundLimit = 3_000; // ms until sound comes by another call
// Until sound comes after a restart. Chromium leaves a way that is dead only 3.5 s after the last packet, restart or not, and another call takes 0.2 s.
const restartLimit = 700;
const pause = 1_000; // ms before it begins anew

/** Brings the line of a call back after the network has changed. It tries until the sound flows, or it is stopped. */
export class Recovery {
  private running = false;
  private flowing: () => void = () => undefined;

  constructor(private readonly way: Way) {}

  /** Does nothing if it is at it already. */
  begin(): void {
    if (this.running) return;
    this.running = true;
    void this.run();
  }

  /** Sound comes again. */
  flows(): void {
    this.running = false;
    this.flowing();
  }

  stop(): void {
    this.flows();
  }

  private async run(): Promise<void> {
    while (this.running) {
      try {
        await within(stepLimit, this.way.register());
        await this.bring(() => this.way.restart(), restartLimit);
        if (this.running) await this.bring(() => this.way.comeBack(), soundLimit);
      } catch (error) {
        console.warn('phone: not back yet', error);
      }
      if (this.running) await wait(pause);
    }
  }

  // A step that fails is as one that brings no sound: the next one is tried.
  private async bring(step: () => Promise<void>, limit: number): Promise<void> {
    const sound = new Promise<void>((done) => {
      this.flowing = done;
    });
    try {
      await Promise.race([within(stepLimit, step()), sound]);
    } catch (error) {
      console.warn('phone: this way does not bring it back', error);
      return;
    }
    if (this.running) await Promise.race([sound, wait(limit)]);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

function within<T>(ms: number, step: Promise<T>): Promise<T> {
  return Promise.race([step, wait(ms).then(() => Promise.reject(new Error('it takes too long')))]);
}
