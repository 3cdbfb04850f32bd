import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest } from 'jssip/lib/SIPMessage';
import type { IncomingRTCSessionEvent, RTCSessionEvent, UA } from 'jssip/lib/UA';
import type { PhoneLogin } from '../api/types';
import { backoff } from '../state/backoff';
import type { Line, Microphone } from '../state/state';
import { playAt } from './devices';
import { LineWatch } from './line-watch';
import { closeMicrophone, MicrophoneError } from './microphone';
import { Recovery } from './recovery';
import { restartICE } from './restart';
import { Voice } from './speak';

export interface PhoneEvents {
  line(line: Line): void;
  /** An INVITE for a call: what to do with it. */
  invited(call: string): 'ring' | 'busy' | 'replace';
  offered(call: string, number: string, name: string): void;
  stage(call: string, stage: 'answering' | 'connected'): void;
  muted(muted: boolean): void;
  audio(audio: 'ok' | 'lost'): void;
  microphone(microphone: Microphone): void;
  /** The line of the call is lost, and the phone is to be called into its seat again. */
  comeBack(): Promise<void>;
  /** failed: it could not be connected, by no wish of anybody. */
  ended(call: string, failed: boolean): void;
}

/** The call that the phone is in. */
interface Held {
  readonly call: string;
  readonly session: RTCSession;
  /** We are in the call already, and come back to it by this session. */
  readonly again: boolean;
  voice: Voice | null;
  watch: LineWatch | null;
}

const pcConfig: RTCConfiguration = { iceServers: [], rtcpMuxPolicy: 'require', bundlePolicy: 'max-bundle' };

/** The agent's phone: SIP over WebSocket, one call at a time. It registers, and registers again, by itself, until stop. */
export class Phone {
  private ua: UA | null = null;
  private held: Held | null = null;
  private timer = 0;
  private tries = 0;
  private running = false;
  private readonly registered = new Set<() => void>();
  private readonly recovery = new Recovery({
    register: () => this.anew(),
    restart: () => this.restart(),
    comeBack: () => this.events.comeBack(),
  });

  constructor(
    private readonly fetchLogin: () => Promise<PhoneLogin>,
    private readonly audio: HTMLAudioElement,
    private readonly events: PhoneEvents,
  ) {}

  start(): void {
    this.running = true;
    window.addEventListener('online', this.moved);
    this.events.line('connecting');
    void this.register();
  }

  /** Ends the call and the registration. */
  stop(): void {
    this.running = false;
    window.removeEventListener('online', this.moved);
    clearTimeout(this.timer);
    this.hangup();
    this.ua?.stop();
    this.ua = null;
    this.events.line('off');
  }

  /** Opens the microphone and answers. Without a microphone the call is refused, with the reason. */
  async answer(): Promise<void> {
    const held = this.held;
    if (!held || held.voice || held.session.isEstablished()) return;
    this.events.stage(held.call, 'answering');
    try {
      const voice = await Voice.open((microphone) => this.held === held && this.events.microphone(microphone));
      if (this.held !== held) return closeMicrophone(voice.stream);
      held.voice = voice;
      this.events.microphone('ok');
      held.session.answer({ mediaStream: voice.stream, pcConfig, mediaConstraints: { audio: true, video: false } });
    } catch (error) {
      this.answerFailed(held, error);
    }
  }

  private answerFailed(held: Held, error: unknown): void {
    if (error instanceof MicrophoneError) {
      this.events.microphone(error.kind);
      this.end(held, { status_code: 480, extraHeaders: ['Reason: SIP;text="microphone"'] });
    } else {
      console.error('phone: answer', error);
      this.end(held, { status_code: 500 });
    }
  }

  /** Declines the offer (RFC 3261, 21.6.2). */
  refuse(): void {
    if (this.held) this.end(this.held, { status_code: 603, reason_phrase: 'Decline' });
  }

  /** Ends the call. False: there is none here, or its signalling is cut, so the server has to do it. */
  hangup(): boolean {
    if (!this.held) return false;
    const connected = this.ua?.isConnected() ?? false;
    this.end(this.held, this.held.session.isEstablished() ? {} : { status_code: 480 });
    return connected;
  }

  mute(muted: boolean): void {
    const session = this.held?.session;
    if (!session) return;
    if (muted) session.mute({ audio: true });
    else session.unmute({ audio: true });
    this.events.muted(muted);
  }

  /** Speaks and plays from now on by the devices that are chosen now. Throws MicrophoneError. */
  async takeDevices(): Promise<void> {
    await playAt(this.audio, 'speaker');
    await this.held?.voice?.change();
  }

  private async register(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const login = await this.fetchLogin();
      if (!this.running) return;
      if (this.ua) this.renew(this.ua, login);
      else this.ua = this.connect(login);
    } catch {
      this.retry();
    }
  }

  private retry(): void {
    if (!this.running) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.register(), backoff(this.tries + 2, Math.random()));
    this.tries += 1;
  }

  // The secret is replaced in place: a new user agent would end the call.
  private renew(ua: UA, login: PhoneLogin): void {
    ua.set('authorization_user', login.authUser);
    ua.set('password', login.password);
    ua.set('realm', login.realm);
    if (ua.isConnected()) ua.register();
  }

  private connect(login: PhoneLogin): UA {
    const path = login.path || '/sip';
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(new URL(path, location.href.replace(/^http/, 'ws')).href)],
      uri: login.uri,
      authorization_user: login.authUser,
      password: login.password,
      realm: login.realm,
      register: true,
      register_expires: 300,
      session_timers: true,
      no_answer_timeout: 120, // the server decides how long it rings
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: 'mediasrv desk',
    });
    this.obey(ua);
    ua.start();
    return ua;
  }

  private obey(ua: UA): void {
    const ours = () => this.running && this.ua === ua; // one that was stopped may still have something to say
    ua.on('registered', () => {
      if (!ours()) return;
      this.tries = 0;
      for (const tell of this.registered) tell();
      this.events.line('ready');
    });
    ua.on('registrationFailed', () => {
      if (!ours() || !ua.isConnected()) return; // cut off: JsSIP connects and registers again by itself
      this.events.line('refused');
      this.retry();
    });
    ua.on('disconnected', () => {
      if (ours()) this.events.line('lost');
    });
    ua.on('newRTCSession', (e: RTCSessionEvent) => {
      if (e.originator === 'remote') this.incoming(e as IncomingRTCSessionEvent);
    });
  }

  private incoming({ session, request }: IncomingRTCSessionEvent): void {
    const call = request.getHeader('X-Mediasrv-Call') || request.getHeader('Call-ID');
    const again = request.getHeader('X-Mediasrv-Again') !== undefined;
    const todo = this.held && !again ? this.events.invited(call) : 'ring';
    if (todo === 'busy') {
      session.terminate({ status_code: 486, reason_phrase: 'Busy Here' });
      return;
    }
    if (this.held && again) this.abandon(this.held);
    else if (this.held) this.end(this.held, {});
    const held: Held = { call, session, again, voice: null, watch: null };
    this.held = held;
    this.follow(held);
    const { number, name } = callerOf(request);
    this.events.offered(call, number, name);
    if (again) void this.answer();
  }

  // The server hangs up on it once the new one is there. A BYE of ours would end the call for the customer.
  private abandon(held: Held): void {
    held.watch?.stop();
    closeMicrophone(held.voice?.stream ?? null);
    (held.session.connection as unknown as RTCPeerConnection | undefined)?.close();
    this.held = null;
  }

  private follow(held: Held): void {
    const { session, call } = held;
    session.on('icecandidate', (e: { ready: () => void }) => e.ready()); // the server sees our address by itself (ICE-lite)
    session.on('peerconnection', (e: { peerconnection: RTCPeerConnection }) => this.listen(held, e.peerconnection));
    session.on('accepted', () => this.events.stage(call, 'connected'));
    session.on('ended', () => this.forget(held, false));
    session.on('failed', (e: { originator: string; cause: string }) => {
      this.forget(held, e.originator === 'system' || e.cause === JsSIP.C.causes.NO_ACK);
    });
  }

  private listen(held: Held, connection: RTCPeerConnection): void {
    if (held.voice) held.voice.connection = connection;
    connection.addEventListener('track', (e) => {
      void playAt(this.audio, 'speaker');
      this.audio.srcObject = e.streams[0] ?? new MediaStream([e.track]);
      this.audio.play().catch((error) => console.warn('phone: the browser does not play the sound', error));
    });
    // JsSIP hangs up when ICE has failed, which would end the customer's call; a call that is up is brought back instead. Listeners that capture come first.
    const keep = (e: Event) => {
      if (connection.iceConnectionState !== 'failed' || !held.session.isEstablished()) return;
      e.stopImmediatePropagation();
      this.lost(held);
    };
    connection.addEventListener('iceconnectionstatechange', keep, true);
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      if (state === 'disconnected' || state === 'failed') this.lost(held);
      if (state === 'connected') this.found(held);
    });
    held.watch?.stop();
    held.watch = new LineWatch(connection, { stalled: () => this.lost(held), flows: () => this.found(held) });
    held.watch.start();
  }

  private lost(held: Held): void {
    if (this.held !== held || !held.session.isEstablished()) return;
    this.events.audio('lost');
    this.recovery.begin();
  }

  private found(held: Held): void {
    if (this.held !== held) return;
    this.recovery.flows();
    this.events.audio('ok');
  }

  /** The network is another one: what was connected by the old one is as good as dead, whatever the browser still believes. */
  private readonly moved = () => {
    if (this.held?.session.isEstablished()) this.recovery.begin();
    else this.socket?.connect();
  };

  // JsSIP's types don't tell of it.
  private get socket(): { connect(): void; disconnect(): void } | undefined {
    return (this.ua as unknown as { transport?: { connect(): void; disconnect(): void } } | null)?.transport;
  }

  private anew(): Promise<void> {
    return new Promise((done) => {
      const tell = () => {
        this.registered.delete(tell);
        done();
      };
      this.registered.add(tell);
      this.socket?.disconnect();
      this.socket?.connect();
    });
  }

  private restart(): Promise<void> {
    if (!this.held) return Promise.reject(new Error('no call'));
    return restartICE(this.held.session);
  }

  private end(held: Held, options: { status_code?: number; reason_phrase?: string; extraHeaders?: string[] }): void {
    try {
      if (!held.session.isEnded()) held.session.terminate(options);
    } catch (error) {
      console.warn('phone: end', error);
    }
    this.forget(held, false);
  }

  private forget(held: Held, failed: boolean): void {
    closeMicrophone(held.voice?.stream ?? null);
    held.watch?.stop();
    if (this.held !== held) return;
    this.recovery.stop();
    this.held = null;
    this.audio.srcObject = null;
    this.events.ended(held.call, failed);
  }
}

function callerOf(request: IncomingRequest): { number: string; name: string } {
  const { uri, display_name } = request.from;
  const user = uri.user ?? '';
  return { number: user === 'anonymous' ? '' : user, name: display_name ?? '' };
}
