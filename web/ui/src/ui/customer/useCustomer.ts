import { useEffect, useState } from 'preact/hooks';
import { type CustomerView, conversationApi } from '../../api/conversations';

const again = 2_000; // after a failure

/** What is known of the customer of a call, read anew when the call is another one or has come to another state. */
export function useCustomer(call: string, state: string): [CustomerView | null, (view: CustomerView) => void] {
  const [view, setView] = useState<CustomerView | null>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the state and the tries say when to read again
  useEffect(() => {
    let over = false;
    let timer = 0;
    conversationApi.customer().then(
      (now) => !over && setView(now),
      () => {
        if (!over) timer = window.setTimeout(() => setTries((n) => n + 1), again);
      },
    );
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [call, state, tries]);
  return [view, setView];
}
