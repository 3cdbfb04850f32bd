import { fractionLeft, instant, remaining } from '../../state/clock';
import { complete } from '../../state/draft';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Keycap } from '../kit/Keycap';
import { useSettled } from '../kit/useSettled';
import { CountdownRing } from './CountdownRing';

/** The wrap-up's time, more of it, and its end. */
export function WrapUpFoot() {
  const { desk, drafting } = useRoom();
  const { view, refusals, wrapUpBusy } = desk.state.value;
  const wrapUp = view?.wrapUp ?? null;
  const draft = drafting.draft.value;
  const settled = useSettled(wrapUp ? wrapUp.call : null);
  const ready = wrapUp !== null && draft !== null && complete(draft, wrapUp);
  const free = settled && wrapUpBusy === null;
  const now = desk.now.value;
  const seconds = wrapUp ? remaining(instant(wrapUp.until), now) : null;
  const fraction = wrapUp ? fractionLeft(instant(wrapUp.began), instant(wrapUp.until), now) : 0;
  const why = refusals.wrapUp || (wrapUp && draft && !ready ? t('dispositionRequired') : '');
  return (
    <footer class="wrapup" data-active={wrapUp !== null}>
      <p class={`wrapup-why ${refusals.wrapUp ? 'bad' : ''}`} role={refusals.wrapUp ? 'alert' : undefined}>
        {why}
      </p>
      <div class="wrapup-row">
        <div data-testid={wrapUp ? 'wrapup' : undefined} role="timer" aria-label={t('state.wrap-up')}>
          <CountdownRing fraction={fraction} seconds={seconds} />
        </div>
        <button
          type="button"
          class="button"
          data-testid="wrapup-extend"
          disabled={!free || !wrapUp?.extend}
          onClick={() => void desk.extend()}
        >
          {t('extend')}
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="wrapup-done"
          disabled={!free || !ready}
          onClick={() => drafting.done()}
        >
          {t('done')}
          <Keycap>{t('keyDone')}</Keycap>
        </button>
      </div>
    </footer>
  );
}
