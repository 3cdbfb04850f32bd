import { elapsed, instant } from '../../state/clock';
import { duration } from '../../text/format';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** The agent's queues: who waits, and for how long. */
export function Queues() {
  const { desk } = useRoom();
  const queues = desk.state.value.view?.queues ?? [];
  return (
    <section class="queues">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('queues')}</th>
            <th scope="col">{t('waiting')}</th>
            <th scope="col">{t('longest')}</th>
          </tr>
        </thead>
        <tbody>
          {queues.map((q) => (
            <tr key={q.name} data-testid="queue" data-waiting={q.waiting > 0}>
              <th scope="row" title={q.name}>
                {q.name}
              </th>
              <td>{q.waiting}</td>
              <td>{q.longest ? duration(elapsed(instant(q.longest), desk.now.value)) : t('none')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {queues.length === 0 && desk.state.value.view && <p class="quiet">{t('noQueues')}</p>}
    </section>
  );
}
