import { effect } from '@preact/signals';
import type { Chime } from '../sound/chime';
import { panelOf } from '../state/panel';
import { rings, soundsOf } from '../state/sounds';
import type { State } from '../state/state';
import { language } from '../text/language';
import { t } from '../text/text';
import type { Desk } from './desk';

const blinkEvery = 1000;

/** Everything by which the desk calls for attention: sounds, the tab's title (in the desk's language), the browser's notification. */
export function giveSigns(desk: Desk, chime: Chime): void {
  let before: State = desk.state.peek();
  effect(() => {
    const state = desk.state.value;
    for (const sound of soundsOf(before, state)) chime.play(sound);
    chime.ring(rings(state));
    before = state;
  });
  effect(() => {
    if (desk.devicesChanged.value > 0) chime.takeDevice();
  });
  effect(() => {
    if (desk.ringTest.value > 0) chime.play('ring');
  });
  effect(() => {
    document.documentElement.lang = language();
  });
  for (const touch of ['pointerdown', 'keydown']) window.addEventListener(touch, () => chime.wake());
  blinkTitle(desk);
  notify(desk);
}

function blinkTitle(desk: Desk): void {
  const plain = () => `${t('product')} · ${t('deskOf')}`;
  let timer = 0;
  document.title = plain();
  effect(() => {
    const { kind, queue } = desk.panel.value;
    clearInterval(timer);
    document.title = kind === 'ringing' ? t('titleRinging', { queue }) : plain();
    if (kind !== 'ringing') return;
    let on = true;
    timer = window.setInterval(() => {
      on = !on;
      document.title = on ? t('titleRinging', { queue }) : plain();
    }, blinkEvery);
  });
}

function notify(desk: Desk): void {
  let shown: Notification | null = null;
  let last = '';
  effect(() => {
    const panel = panelOf(desk.state.value);
    const ringing = panel.kind === 'ringing' ? panel.call : '';
    if (ringing === last) return;
    last = ringing;
    shown?.close();
    shown = null;
    if (!ringing || !document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
    const body = panel.name || panel.number || t('withheld');
    shown = new Notification(t('notifyTitle', { queue: panel.queue }), {
      body,
      tag: panel.call,
      requireInteraction: true,
    });
    shown.onclick = () => window.focus();
  });
}
