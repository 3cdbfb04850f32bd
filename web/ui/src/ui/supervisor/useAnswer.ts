import { useEffect, useState } from 'preact/hooks';
import { Refusal } from '../../api/refusal';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** What a request has answered; asked again whenever its key changes. The answer before stays until then, so that nothing jumps. */
export function useAnswer<T>(key: string, ask: () => Promise<T>): { answer: T | null; busy: boolean; wrong: string } {
  const { desk } = useRoom();
  const [state, setState] = useState<{ answer: T | null; busy: boolean; wrong: string }>({
    answer: null,
    busy: true,
    wrong: '',
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked
  useEffect(() => {
    let over = false;
    if (!key) return;
    setState((was) => ({ ...was, busy: true, wrong: '' }));
    ask().then(
      (answer) => {
        if (!over) setState({ answer, busy: false, wrong: '' });
      },
      (error) => {
        if (over) return;
        if (error instanceof Refusal && error.status === 401) return desk.expired();
        const detail = error instanceof Refusal ? error.detail : '';
        setState((was) => ({ ...was, busy: false, wrong: detail || t('unreachable') }));
      },
    );
    return () => {
      over = true;
    };
  }, [key]);
  return state;
}
