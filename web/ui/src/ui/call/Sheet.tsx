import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Panel } from '../../state/panel';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { Keypad } from './Keypad';
import { TargetList } from './TargetList';

const titles = {
  keypad: 'keypad',
  transfer: 'sheetTransfer',
  consult: 'sheetConsult',
  party: 'sheetParty',
} as const;

/** What a control wants to be told, over the panel's middle: state, time and "hang up" stay in sight. Escape closes it. */
export function Sheet({ panel }: { panel: Panel }) {
  const { desk } = useRoom();
  const sheet = desk.controls.sheet.value;
  const box = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  // Before the browser takes the focus away from what the sheet covers.
  useLayoutEffect(() => {
    if (!sheet) return;
    before.current = document.activeElement;
    box.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => before.current instanceof HTMLElement && before.current.focus();
  }, [sheet]);
  if (!sheet || panel.kind !== 'talking') return null;
  const closes = (e: KeyboardEvent) => {
    if (e.key !== 'Escape') return;
    e.preventDefault();
    desk.controls.close();
  };
  return (
    <div ref={box} class="sheet" role="dialog" aria-label={t(titles[sheet])} data-testid="sheet" onKeyDown={closes}>
      <div class="sheet-head">
        <h3>{t(titles[sheet])}</h3>
        <button type="button" class="icon-button" aria-label={t('close')} onClick={() => desk.controls.close()}>
          <Icon name="close" size={16} />
        </button>
      </div>
      {sheet === 'keypad' ? <Keypad /> : <TargetList key={sheet} sheet={sheet} />}
    </div>
  );
}
