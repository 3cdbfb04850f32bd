import { effect, type Signal, signal } from '@preact/signals';
import { type Deed, deedsOf } from '../state/actions';
import { commandOf, escapeTwice, holdToRefuse, type KeyCommand, type Stroke } from '../state/keys';
import type { Desk } from './desk';
import type { Drafting } from './drafting';
import { settleTime } from './settle';

/** The keyboard. Its signals let the buttons show what the keys are about to do. */
export class Keys {
  /** Escape was pressed once. */
  readonly armed: Signal<boolean> = signal(false);
  /** Backspace is held. */
  readonly holding: Signal<boolean> = signal(false);
  private armTimer = 0;
  private holdTimer = 0;
  private changed = 0;
  private before = '';

  constructor(
    private readonly desk: Desk,
    private readonly drafting: Drafting,
  ) {
    effect(() => {
      const { kind, call, talk } = desk.panel.value;
      this.onPanel(`${kind} ${call} ${talk === 'talking' || talk === 'held' ? 'one' : talk}`);
    });
    window.addEventListener('keydown', (e) => this.down(e));
    window.addEventListener('keyup', (e) => {
      if (e.key === 'Backspace') this.release();
    });
    window.addEventListener('blur', () => this.release());
  }

  /** Does what a button or a key is for. */
  act(deed: Deed): void {
    if (deed === 'answer') this.desk.answer();
    else if (deed === 'refuse') this.desk.refuse();
    else if (deed === 'mute') this.desk.controls.toggleMute();
    else if (deed === 'hangup') void this.desk.hangup();
    else this.desk.controls.act(deed);
  }

  private onPanel(now: string): void {
    if (now === this.before) return;
    this.before = now;
    this.changed = performance.now();
    this.disarm();
    this.release();
  }

  private down(e: KeyboardEvent): void {
    if (e.defaultPrevented || e.isComposing) return;
    const { kind } = this.desk.panel.value;
    const command = commandOf(strokeOf(e), deedsOf(this.desk.panel.value), kind === 'wrap-up', this.armed.value);
    if (!command) return;
    e.preventDefault();
    if (performance.now() - this.changed >= settleTime) this.run(command);
  }

  private run(command: NonNullable<KeyCommand>): void {
    if (command === 'arm-hangup') this.arm();
    else if (command === 'hold-refuse') this.hold();
    else if (command === 'done') this.drafting.done();
    else this.act(command);
    if (command === 'hangup') this.disarm();
  }

  private arm(): void {
    this.armed.value = true;
    clearTimeout(this.armTimer);
    this.armTimer = window.setTimeout(() => this.disarm(), escapeTwice);
  }

  private disarm(): void {
    clearTimeout(this.armTimer);
    this.armed.value = false;
  }

  private hold(): void {
    this.holding.value = true;
    clearTimeout(this.holdTimer);
    this.holdTimer = window.setTimeout(() => {
      this.release();
      this.desk.refuse();
    }, holdToRefuse);
  }

  private release(): void {
    clearTimeout(this.holdTimer);
    this.holding.value = false;
  }
}

function strokeOf(e: KeyboardEvent): Stroke {
  return { key: e.key, repeat: e.repeat, ctrl: e.ctrlKey || e.metaKey, other: e.altKey, focus: focusOf(e.target) };
}

function focusOf(target: EventTarget | null): Stroke['focus'] {
  if (!(target instanceof Element)) return 'page';
  if (target.closest('textarea, select, input:not([type=checkbox], [type=radio]), [contenteditable]')) return 'text';
  return target.closest('button, a, input, summary, [role=menu], [tabindex="0"]') ? 'control' : 'page';
}
