import { type Control, controlsOf } from '../../state/actions';
import { letterOf } from '../../state/keys';
import type { Panel } from '../../state/panel';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { Keycap } from '../kit/Keycap';
import { useSettled } from '../kit/useSettled';

/** The six places of what can be done within the call. */
export function CallControls({ panel }: { panel: Panel }) {
  const { desk } = useRoom();
  const covered = desk.controls.sheet.value !== null; // by its sheet
  return (
    <fieldset class="call-controls" aria-label={t('inCall')} inert={covered}>
      {controlsOf(panel).map((control, place) => (
        <Place key={place} control={control} panel={panel} />
      ))}
    </fieldset>
  );
}

function Place({ control, panel }: { control: Control | null; panel: Panel }) {
  const { desk, keys } = useRoom();
  const settled = useSettled(meaningOf(control));
  if (!control) return <div class="no-control" />;
  return (
    <button
      type="button"
      class="button control"
      data-testid={control}
      data-on={control === 'resume' || control === 'unpause'}
      aria-expanded={opens(control) ? desk.controls.sheet.value === control : undefined}
      aria-busy={panel.wishes.includes(control)}
      aria-keyshortcuts={letterOf[control]}
      disabled={!settled}
      onClick={() => keys.act(control)}
    >
      <span class="control-head">
        <Icon name={control} size={16} />
        <Keycap>{letterOf[control] ?? ''}</Keycap>
      </span>
      <span class="control-word">{t(control)}</span>
    </button>
  );
}

function opens(control: Control): boolean {
  return control === 'keypad' || control === 'transfer' || control === 'consult' || control === 'party';
}

// Hold and resume, pause and record are two sides of one switch: what was clicked on can be clicked back at once.
function meaningOf(control: Control | null): string | null {
  if (control === 'resume') return 'hold';
  return control === 'unpause' ? 'pause' : control;
}
