import { useEffect, useState } from 'preact/hooks';
import { testNetwork } from '../../api/network';
import type { Network } from '../../state/network';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** The way to the server: how long it takes, and whether the phone is signed in by it. */
export function NetworkTest() {
  const { desk } = useRoom();
  const [network, setNetwork] = useState<Network | null>(null);
  const [run, setRun] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run is a new test
  useEffect(() => {
    let over = false;
    setNetwork(null);
    void testNetwork().then((found) => {
      if (!over) setNetwork(found);
    });
    return () => {
      over = true;
    };
  }, [run]);
  const phone = desk.state.value.line === 'ready';
  return (
    <section class="device-test" data-verdict={network?.verdict}>
      <h3>{t('network')}</h3>
      <p role="status" data-testid="network-verdict">
        {network
          ? t(`network.${network.verdict}`, { ms: Math.round(network.trip), jitter: Math.round(network.jitter) })
          : t('networkTesting')}
      </p>
      <p>{t(phone ? 'phoneReady' : 'phoneLost')}</p>
      <button type="button" class="button" disabled={!network} onClick={() => setRun(run + 1)}>
        {t('testAgain')}
      </button>
    </section>
  );
}
