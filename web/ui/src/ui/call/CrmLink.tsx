import { useEffect, useRef } from 'preact/hooks';
import { crmAddress } from '../../state/crm';
import type { PanelKind } from '../../state/panel';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** The way to the company's own page of the call. If the file says so, it opens with the answer: that is a click or a key, so no browser blocks it. */
export function CrmLink({ kind }: { kind: PanelKind }) {
  const { desk } = useRoom();
  const { me, view } = desk.state.value;
  const call = view?.call;
  const address = me?.crm && call ? crmAddress(me.crm.url, call, me.user) : '';
  const opens = me?.crm?.open === 'answer';
  const before = useRef(kind);
  useEffect(() => {
    const answered = kind === 'talking' && (before.current === 'ringing' || before.current === 'connecting');
    before.current = kind;
    if (answered && opens && address) window.open(address, '_blank', 'noreferrer');
  }, [kind, opens, address]);
  if (!address) return null;
  return (
    <a class="chip" data-testid="crm" href={address} target="_blank" rel="noreferrer">
      {t('crmOpen')}
    </a>
  );
}
