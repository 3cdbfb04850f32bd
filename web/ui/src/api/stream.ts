import { backoff } from '../state/backoff';
import { deskApi } from './desk';
import { Refusal } from './refusal';
import type { DeskView } from './types';

export interface StreamEvents {
  state(state: 'connecting' | 'open' | 'lost'): void;
  view(view: DeskView): void;
  /** The login is over; the stream has stopped. */
  denied(): void;
}

const silence = 15_000; // without a word for so long, we ask whether the server is still there
const sessionEnded = 4401; // the close code of a login that is over
const answerLimit = 5_000;

/** The stream of views. It connects again by itself, until stop. */
export class EventStream {
  private socket: WebSocket | null = null;
  private tries = 0;
  private timer = 0;
  private quiet = 0;
  private running = false;

  constructor(private readonly events: StreamEvents) {}

  start(): void {
    this.running = true;
    window.addEventListener('online', this.hurry);
    window.addEventListener('offline', this.cut);
    this.connect();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener('online', this.hurry);
    window.removeEventListener('offline', this.cut);
    clearTimeout(this.timer);
    clearTimeout(this.quiet);
    this.drop();
  }

  private connect(): void {
    clearTimeout(this.timer);
    const socket = new WebSocket(new URL('/api/events', location.href.replace(/^http/, 'ws')));
    this.socket = socket;
    socket.onopen = () => this.listen();
    socket.onmessage = (message) => this.receive(message.data);
    socket.onclose = (e) => {
      if (this.socket !== socket) return;
      if (e.code === sessionEnded) this.deny();
      else this.lost();
    };
  }

  private receive(data: unknown): void {
    this.listen();
    const message = read(data);
    if (message?.type !== 'view' || !message.view) return;
    this.tries = 0;
    this.events.state('open');
    this.events.view(message.view);
  }

  private lost(): void {
    this.drop();
    if (!this.running) return;
    this.events.state('lost');
    clearTimeout(this.quiet);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.again(), backoff(this.tries, Math.random()));
    this.tries += 1;
  }

  // A refused WebSocket does not say why, so the login is asked about first.
  private async again(): Promise<void> {
    const answer = await this.ask();
    if (!this.running || this.socket) return;
    if (answer === 'denied') this.deny();
    else if (answer === 'silent') this.lost();
    else this.connect();
  }

  private deny(): void {
    this.stop();
    this.events.denied();
  }

  private async ask(): Promise<'there' | 'denied' | 'silent'> {
    try {
      await deskApi.me(answerLimit);
      return 'there';
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 0;
      return status === 401 ? 'denied' : status === 0 ? 'silent' : 'there';
    }
  }

  // A connection can die without a word (a laptop that slept, another network).
  private listen(): void {
    clearTimeout(this.quiet);
    this.quiet = window.setTimeout(() => void this.check(), silence);
  }

  private async check(): Promise<void> {
    const socket = this.socket;
    const answer = await this.ask();
    if (!this.running || this.socket !== socket) return;
    if (answer === 'there') this.listen();
    else this.lost();
  }

  private readonly hurry = () => {
    if (this.socket?.readyState === WebSocket.OPEN) return;
    this.tries = 0;
    clearTimeout(this.timer);
    this.drop();
    void this.again();
  };

  private readonly cut = () => {
    this.lost();
  };

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

function read(data: unknown): { type?: string; view?: DeskView } | null {
  try {
    return typeof data === 'string' ? JSON.parse(data) : null;
  } catch {
    return null;
  }
}
