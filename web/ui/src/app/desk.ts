import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { DeskApi } from '../api/desk';
import { Refusal } from '../api/refusal';
import { EventStream } from '../api/stream';
import type { Me, Status } from '../api/types';
import { claimPhone } from '../phone/claim';
import { markCall, unmarkCall } from '../phone/marker';
import { askMicrophone, MicrophoneError } from '../phone/microphone';
import { Phone } from '../phone/phone';
import { type Draft, resultOf } from '../state/draft';
import type { DeskEvent } from '../state/event';
import { onInvite } from '../state/invite';
import { type Panel, panelOf, stale } from '../state/panel';
import { reduce } from '../state/reduce';
import { type Intent, initial, type Place, type State } from '../state/state';
import { watches } from '../state/watches';
import { microphoneText } from '../text/microphone';
import { t } from '../text/text';
import { Controls } from './controls';
import { Dialling } from './dialling';
import { forgetDraft } from './draft-store';
import { Overseeing } from './overseeing';
import { Returning } from './returning';
import { settleLimit } from './settle';

const inviteLimit = 4_000; // how long an early "answer" waits for the INVITE

/** The desk: it holds the state, and does what the agent asks. Components read it and call it; they change nothing themselves. */
export class Desk {
  readonly state: Signal<State> = signal(initial);
  readonly panel: ReadonlySignal<Panel> = computed(() => panelOf(this.state.value));
  /** The server's time in ms, four times a second. */
  readonly now: Signal<number> = signal(Date.now());

  /** What can be done within a call. */
  readonly controls: Controls;
  /** The way back into a call. */
  readonly returning: Returning;

  /** What a supervisor does to the calls and agents of others. */
  readonly overseeing: Overseeing;

  /** Calls that this window has asked for. */
  readonly dialling: Dialling;

  /** The dialog with the choice and the test of devices is open. */
  readonly devicesOpen: Signal<boolean> = signal(false);
  /** Grows whenever another device was chosen. */
  readonly devicesChanged: Signal<number> = signal(0);
  /** Grows whenever the bell is to be heard once, to try it. */
  readonly ringTest: Signal<number> = signal(0);

  private readonly stream: EventStream;
  private readonly phone: Phone;
  private claim: () => void = () => undefined;

  constructor(
    private readonly api: DeskApi,
    audio: HTMLAudioElement,
  ) {
    this.controls = new Controls(api, {
      panel: this.panel,
      dispatch: (event) => this.dispatch(event),
      failed: (place, error) => this.failed(place, error),
      silence: (on) => this.phone.mute(on),
    });
    this.dialling = new Dialling({
      answer: (call) => {
        if (this.state.value.phone?.call === call && this.dialling.expects(call)) void this.phone.answer();
      },
      failed: (error) => this.failed('call', error),
    });
    this.returning = new Returning(api, {
      state: () => this.state.value,
      dispatch: (event) => this.dispatch(event),
      failed: (error) => this.failed('call', error),
    });
    this.overseeing = new Overseeing({
      wordsFor: (error) => {
        if (error instanceof Refusal && error.status === 401) this.leave(true);
        return whyOf(error);
      },
      hangup: () => this.phone.hangup(),
    });
    this.stream = new EventStream({
      state: (stream) => this.dispatch({ type: 'stream', stream }),
      view: (view) => this.onView({ type: 'view', view, local: Date.now() }),
      denied: () => this.leave(true),
    });
    this.phone = new Phone(api.phone, audio, {
      line: (line) => this.dispatch({ type: 'line', line }),
      invited: (call) => onInvite(this.state.value, call),
      offered: (call, number, name) => this.onOffered(call, number, name),
      stage: (call, stage) => {
        if (stage === 'connected') markCall(call);
        this.dispatch({ type: 'phone-stage', call, stage, local: Date.now() });
      },
      comeBack: () => this.returning.now(),
      muted: (muted) => this.dispatch({ type: 'phone-muted', muted }),
      audio: (sound) => this.dispatch({ type: 'phone-audio', audio: sound }),
      microphone: (microphone) => this.onMicrophone(microphone),
      ended: (call, failed) => {
        unmarkCall(call);
        this.dispatch({ type: 'phone-ended', call });
        if (failed) this.refused('call', t('answerFailed'));
      },
    });
  }

  /** Begins: signed in already, or not. */
  async start(): Promise<void> {
    setInterval(() => {
      this.tick();
      this.returning.review();
    }, 250);
    try {
      this.enter(await this.api.me());
    } catch {
      this.dispatch({ type: 'signed-out', ended: false });
    }
  }

  /** Throws Refusal. */
  async login(user: string, password: string): Promise<void> {
    const me = await this.api.login(user, password);
    if (!me.agent && !watches(me)) {
      void this.api.logout().catch(() => undefined);
      throw new Refusal(403, t('loginNoAgent'));
    }
    this.enter(me);
  }

  async logout(): Promise<void> {
    this.leave(false);
    await this.api.logout().catch(() => undefined);
  }

  /** Before "available" the microphone is asked for, so that no customer waits for a permission. */
  async setStatus(status: Status, name = ''): Promise<void> {
    this.dispatch({ type: 'status-wanted', status });
    try {
      if (status === 'available') await this.prepare();
      await this.api.setStatus(status, name);
      setTimeout(() => this.dispatch({ type: 'status-settled', status }), settleLimit);
    } catch (error) {
      this.dispatch({ type: 'status-settled', status });
      this.failed('status', error);
    }
  }

  answer(): void {
    const { phone } = this.state.value;
    const call = this.panel.value.call;
    if (this.panel.value.kind !== 'ringing') return;
    if (phone?.call === call) void this.phone.answer();
    else this.waitForInvite({ kind: 'answer', call });
  }

  refuse(): void {
    const { phone } = this.state.value;
    const call = this.panel.value.call;
    if (this.panel.value.kind !== 'ringing') return;
    const intent: Intent = { kind: 'refuse', call };
    if (phone?.call !== call) {
      this.waitForInvite(intent);
      return;
    }
    this.dispatch({ type: 'intent', intent });
    this.phone.refuse();
    this.giveUpLater(intent, '');
  }

  async hangup(): Promise<void> {
    const { kind, call } = this.panel.value;
    if (kind !== 'talking' && kind !== 'connecting') return;
    const intent: Intent = { kind: 'hangup', call };
    this.dispatch({ type: 'intent', intent });
    if (this.phone.hangup()) return this.giveUpLater(intent, '');
    try {
      await this.api.hangup();
      this.giveUpLater(intent, '');
    } catch (error) {
      this.dispatch({ type: 'intent-over', intent });
      this.failed('call', error);
    }
  }

  /** Calls somebody: ask returns the call's id. The microphone is asked for first, so that nobody is called who then can't be heard. */
  callOut(ask: () => Promise<string>): Promise<boolean> {
    this.dispatch({ type: 'refusal-seen', place: 'call' });
    return this.dialling.begin(async () => {
      if (this.state.value.line === 'ready') await this.prepare();
      return ask();
    });
  }

  extend(): Promise<void> {
    return this.wrapUp('extend', () => this.api.extend());
  }

  done(draft: Draft): Promise<void> {
    return this.wrapUp('done', async () => {
      await this.api.done(resultOf(draft));
      forgetDraft(draft.call);
    });
  }

  /** Uses the devices that are chosen now, in a call too. */
  async takeDevices(): Promise<void> {
    this.devicesChanged.value += 1;
    try {
      await this.phone.takeDevices();
    } catch (error) {
      this.refused('status', whyOf(error));
    }
  }

  ringOnce(): void {
    this.ringTest.value += 1;
  }

  /** The microphone of the phone here. */
  silence(on: boolean): void {
    this.phone.mute(on);
  }

  dismissNotice(): void {
    this.dispatch({ type: 'refusal-seen', place: 'status' });
    this.dispatch({ type: 'dismissed', notice: this.state.value.view?.notice ?? '' });
  }

  private async wrapUp(busy: 'extend' | 'done', act: () => Promise<void>): Promise<void> {
    if (this.state.value.wrapUpBusy) return;
    this.dispatch({ type: 'wrap-up-busy', busy });
    try {
      await act();
    } catch (error) {
      this.failed('wrapUp', error);
    } finally {
      this.dispatch({ type: 'wrap-up-busy', busy: null });
    }
  }

  private enter(me: Me): void {
    if (!me.agent && !watches(me)) {
      this.dispatch({ type: 'signed-out', ended: false });
      return;
    }
    this.dispatch({ type: 'signed-in', me });
    if (me.agent) this.stream.start(); // the pages of those who watch have streams of their own
    this.claim = claimPhone(this.phone, () => this.dispatch({ type: 'line', line: 'elsewhere' }));
  }

  /** The login has ended by itself. */
  expired(): void {
    this.leave(true);
  }

  private leave(ended: boolean): void {
    this.stream.stop();
    this.claim();
    this.phone.stop();
    this.dispatch({ type: 'signed-out', ended });
  }

  private async prepare(): Promise<void> {
    await askMicrophone();
    this.dispatch({ type: 'microphone', microphone: 'ok' });
    if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission();
  }

  private onView(event: DeskEvent & { type: 'view' }): void {
    this.dispatch(event);
    const { phone } = this.state.value;
    if (phone && stale(this.state.value)) setTimeout(() => this.dropStale(phone.call), settleLimit);
  }

  // A call that the server has forgotten (it was restarted, a BYE was lost) must not block the next one.
  private dropStale(call: string): void {
    if (stale(this.state.value) && this.state.value.phone?.call === call) this.phone.hangup();
  }

  private onOffered(call: string, number: string, name: string): void {
    this.dispatch({ type: 'phone-offered', call, number, name, local: Date.now() });
    if (this.dialling.expects(call) || this.overseeing.expects(call)) {
      void this.phone.answer();
      return;
    }
    const intent = this.state.value.intent;
    if (intent?.call !== call) return;
    if (intent.kind === 'answer') void this.phone.answer();
    if (intent.kind === 'refuse') this.phone.refuse();
  }

  private onMicrophone(microphone: State['microphone']): void {
    this.dispatch({ type: 'microphone', microphone });
    if (microphone !== 'ok' && microphone !== 'gone') this.refused('status', microphoneText(microphone));
  }

  private waitForInvite(intent: Intent): void {
    this.dispatch({ type: 'intent', intent });
    setTimeout(() => {
      if (this.state.value.phone?.call !== intent.call) this.giveUp(intent, t('notHere'));
    }, inviteLimit);
  }

  private giveUpLater(intent: Intent, why: string): void {
    setTimeout(() => this.giveUp(intent, why), settleLimit);
  }

  private giveUp(intent: Intent, why: string): void {
    if (this.state.value.intent?.kind !== intent.kind || this.state.value.intent.call !== intent.call) return;
    this.dispatch({ type: 'intent-over', intent });
    if (why) this.refused('call', why);
  }

  private failed(place: Place, error: unknown): void {
    if (error instanceof Refusal && error.status === 401) this.leave(true);
    else this.refused(place, whyOf(error));
  }

  private refused(place: Place, why: string): void {
    this.dispatch({ type: 'refused', place, why });
  }

  private tick(): void {
    this.now.value = Date.now() + (this.state.value.offset ?? 0);
  }

  private dispatch(event: DeskEvent): void {
    this.state.value = reduce(this.state.value, event);
    this.controls.review();
    this.tick();
  }
}

function whyOf(error: unknown): string {
  if (error instanceof MicrophoneError) return microphoneText(error.kind);
  if (error instanceof Refusal) {
    return error.detail || (error.status === 0 ? t('unreachable') : t('refusedUnknown', { status: error.status }));
  }
  console.error(error);
  return t('refusedUnknown', { status: '–' });
}
