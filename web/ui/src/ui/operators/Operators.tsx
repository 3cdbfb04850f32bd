import { useEffect, useState } from 'preact/hooks';
import { type Trunk, watchTrunks } from '../../api/trunks';
import { advice, byNeed, lastError, percent, seconds } from '../../state/trunks';
import { keyOf, t } from '../../text/text';
import { useRoom } from '../context';
import { Head } from '../supervisor/Head';
import { Alarms } from './Alarms';
import { Queues } from './Queues';
import { ReloadLine } from './ReloadLine';

/** The operators' page: trunks and registrations with their health, calls now, and what to do where something is wrong. */
export function Operators() {
  const { desk } = useRoom();
  const [trunks, setTrunks] = useState<Trunk[] | null>(null);
  const [lost, setLost] = useState(false);
  useEffect(
    () =>
      watchTrunks({
        trunks: (all) => {
          setTrunks(all);
          setLost(false);
        },
        lost: () => setLost(true),
        denied: () => desk.expired(),
      }),
    [desk],
  );
  const all = byNeed(trunks ?? []);
  return (
    <main class="operators">
      <Head title={t('trunks')} lost={lost} />
      <Alarms />
      <ReloadLine />
      <Queues />
      {trunks && all.length === 0 && <p class="quiet">{t('noTrunks')}</p>}
      {all.length > 0 && (
        <div class="operators-wide">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('trunk')}</th>
                <th scope="col">{t('trunkHealth')}</th>
                <th scope="col">{t('trunkRegistration')}</th>
                <th scope="col">{t('trunkServers')}</th>
                <th scope="col">{t('trunkIn')}</th>
                <th scope="col">{t('trunkOut')}</th>
                <th scope="col" title={t('asrHint')}>
                  {t('asr')}
                </th>
                <th scope="col" title={t('pddHint')}>
                  {t('pdd')}
                </th>
                <th scope="col">{t('trunkFailures')}</th>
              </tr>
            </thead>
            <tbody>
              {all.map((trunk) => (
                <Row key={trunk.name} trunk={trunk} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

function Row({ trunk }: { trunk: Trunk }) {
  const wrong = advice(trunk);
  const said = lastError(trunk);
  return (
    <>
      <tr data-testid="trunk" data-health={trunk.health}>
        <th scope="row">
          {trunk.name} <small>{trunk.kind}</small>
        </th>
        <td>
          <span class={`health ${trunk.health}`}>{named('health', trunk.health)}</span>
        </td>
        <td>{trunk.registration ? named('registration', trunk.registration.state) : '–'}</td>
        <td>
          {trunk.targets.map((target) => (
            <div key={target.address} class="target" title={target.error}>
              <span class={`health ${target.health}`}>{named('health', target.health)}</span> {target.address}{' '}
              <small>{target.rtt > 0 && seconds(target.rtt)}</small>
            </div>
          ))}
          {trunk.targets.length === 0 && '–'}
        </td>
        <td>{trunk.in}</td>
        <td>{trunk.out}</td>
        <td>{percent(trunk.asr, trunk.attempts)}</td>
        <td>{seconds(trunk.pdd)}</td>
        <td>{trunk.attempts > 0 ? `${trunk.failures} / ${trunk.attempts}` : '–'}</td>
      </tr>
      {wrong && (
        <tr class="advice" data-testid="advice">
          <td colSpan={9}>
            {named('advice', wrong)} {said && <q>{said}</q>}
          </td>
        </tr>
      )}
    </>
  );
}

/** The word for a name that the server or the state uses. */
function named(what: string, name: string): string {
  const key = keyOf(`${what}.${name}`);
  return key ? t(key) : name;
}
