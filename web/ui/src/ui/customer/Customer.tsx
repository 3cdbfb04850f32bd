import type { CallView } from '../../api/types';
import { fromDial } from '../../state/callout';
import { duration, initials } from '../../text/format';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { CopyButton } from '../kit/CopyButton';
import { Icon } from '../kit/Icon';
import { NumberText } from '../kit/NumberText';
import { About } from './About';
import { NoCustomer } from './NoCustomer';
import { PlanCallback } from './PlanCallback';
import { Timeline } from './Timeline';

/** The customer first, then everything that happened. */
export function Customer() {
  const { desk } = useRoom();
  const call = desk.state.value.view?.call ?? null;
  return (
    <section class="customer" aria-label={t('customer')}>
      {call ? (
        <div class="customer-inner">
          <Who call={call} />
          <Facts call={call} />
          <About key={call.id} call={call} />
          <Timeline events={fromDial(call.timeline ?? [])} />
          <PlanCallback />
        </div>
      ) : (
        <NoCustomer />
      )}
    </section>
  );
}

function Who({ call }: { call: CallView }) {
  return (
    <header class="who">
      <span class="who-avatar" aria-hidden="true">
        {call.name ? initials(call.name) : <Icon name="person" size={26} />}
      </span>
      <div>
        <h2>{call.name || (call.number ? <NumberText number={call.number} /> : t('withheld'))}</h2>
        {call.name && call.number && (
          <p class="who-number">
            <NumberText number={call.number} />
            <CopyButton text={call.number} label={t('copyNumber')} />
          </p>
        )}
      </div>
    </header>
  );
}

function Facts({ call }: { call: CallView }) {
  return (
    <dl class="facts">
      <div>
        <dt>{t('queue')}</dt>
        <dd>{call.queue || t('none')}</dd>
      </div>
      {call.kind !== 'outbound' && (
        <div>
          <dt>{t('waited')}</dt>
          <dd>{duration(call.waited)}</dd>
        </div>
      )}
      <div>
        <dt>{t(call.kind === 'outbound' ? 'dialFrom' : 'called')}</dt>
        <dd>{call.entry ? <NumberText number={call.entry} /> : t('none')}</dd>
      </div>
      <div>
        <dt>{t('kind')}</dt>
        <dd>{t(`kind.${call.kind}`)}</dd>
      </div>
    </dl>
  );
}
