import type { Panel } from '../../state/panel';
import { calledOf } from '../../state/parties';
import { t } from '../../text/text';
import { CopyButton } from '../kit/CopyButton';
import { NumberText } from '../kit/NumberText';
import { CrmLink } from './CrmLink';
import { PartyChip } from './PartyChip';

/** Who calls, and what kind of call it is. */
export function Caller({ panel }: { panel: Panel }) {
  return (
    <div class="caller">
      <p class="caller-name" data-testid="call-name">
        {panel.name || (panel.number ? t('unknownCaller') : t('withheld'))}
      </p>
      {panel.number && (
        <p class="caller-number">
          <span data-testid="call-number">
            <NumberText number={panel.number} />
          </span>
          <CopyButton text={panel.number} label={t('copyNumber')} />
        </p>
      )}
      <p class="chips">
        {(panel.kind !== 'talking' || panel.callKind !== 'normal') && (
          <span class="chip" data-testid="call-kind">
            {t(`kind.${panel.callKind}`)}
          </span>
        )}
        {panel.recording && panel.kind === 'talking' && (
          <span class={`chip recording ${panel.paused ? 'paused' : ''}`}>
            <i aria-hidden="true" />
            {t(panel.paused ? 'recordingPaused' : 'recording')}
          </span>
        )}
        {panel.muted && <span class="chip muted">{t('muted')}</span>}
        <CrmLink kind={panel.kind} />
      </p>
      {panel.kind === 'talking' && panel.mine && (
        <p class="parties">
          {calledOf(panel.parties).map((p) => (
            <PartyChip key={p.leg} party={p} />
          ))}
        </p>
      )}
    </div>
  );
}
