import { useState } from 'preact/hooks';
import { callbackApi } from '../../api/callbacks';
import { Refusal } from '../../api/refusal';
import { t } from '../../text/text';

/** A promise to call a customer: when, which number (left empty: the customer of the call), and whether the own phone is to ring. */
export function PlanCallback({ planned }: { planned?: () => void }) {
  const [number, setNumber] = useState('');
  const [at, setAt] = useState('');
  const [personal, setPersonal] = useState(false);
  const [why, setWhy] = useState('');
  const submit = (e: Event) => {
    e.preventDefault();
    setWhy('');
    const plan = { at: new Date(at).toISOString(), personal, ...(number ? { number } : {}) };
    callbackApi.plan(plan).then(
      () => {
        setNumber('');
        setAt('');
        planned?.();
      },
      (e: unknown) => setWhy(e instanceof Refusal && e.detail ? e.detail : t('callbackRefused')),
    );
  };
  return (
    <form class="plan-callback" data-testid="callback-plan" onSubmit={submit}>
      <label>
        {t('callbackNumber')}
        <input type="tel" value={number} onInput={(e) => setNumber(e.currentTarget.value)} maxLength={32} />
      </label>
      <label>
        {t('callbackAt')}
        <input type="datetime-local" required value={at} onInput={(e) => setAt(e.currentTarget.value)} />
      </label>
      <label class="plan-personal">
        <input type="checkbox" checked={personal} onChange={(e) => setPersonal(e.currentTarget.checked)} />
        {t('callbackPersonal')}
      </label>
      <button type="submit" class="button">
        {t('callbackPlan')}
      </button>
      {why && <p role="alert">{why}</p>}
    </form>
  );
}
