import type { Panel } from '../../state/panel';
import type { State } from '../../state/state';
import { companyText } from '../../text/party';
import { endText } from '../../text/reason';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { ContinueHere } from './ContinueHere';
import { LineWarning } from './LineWarning';
import { TestHint } from './TestHint';

/** One line about the call, in a place of its own: why something was refused, what is wrong, what comes next. */
export function CallMessage({ panel }: { panel: Panel }) {
  const { desk } = useRoom();
  const state = desk.state.value;
  const bad = badNews(panel, state);
  return (
    <p class={`call-message ${bad ? 'bad' : ''}`} role={bad ? 'alert' : undefined} data-testid="call-message">
      {panel.kind === 'talking' && !bad && <LineWarning panel={panel} />}
      {bad || hint(panel, state)}
      {!bad && panel.audio === 'elsewhere' && <ContinueHere />}
      {panel.kind === 'idle' && <TestHint />}
    </p>
  );
}

function badNews(panel: Panel, state: State): string {
  const why = state.refusals.call;
  if (why) return why;
  if (panel.kind !== 'talking') return '';
  if (state.microphone === 'gone') return t('microphoneGone');
  if (panel.audio === 'lost') return t('audioLost');
  return '';
}

// What became of a call out that nobody has answered.
function outcome(panel: Panel): string {
  return ['outbound', 'callback', 'personal-callback'].includes(panel.callKind) &&
    !['caller-hung-up', 'agent-hung-up'].includes(panel.endReason)
    ? endText(panel.endReason)
    : '';
}

function hint(panel: Panel, state: State): string {
  if (panel.kind === 'idle') return t(`idle.${state.wanted ?? state.view?.agent.status ?? 'offline'}`);
  if (panel.kind === 'wrap-up') return outcome(panel) || t('wrapUpHint');
  if (panel.kind === 'talking') {
    const company = companyText(panel.parties, state.view?.agent.user ?? '');
    return company || (panel.audio === 'elsewhere' ? t('audioElsewhere') : '');
  }
  if (panel.kind === 'ended') return endText(panel.endReason);
  return '';
}
