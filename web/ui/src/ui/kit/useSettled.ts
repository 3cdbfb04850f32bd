import { useEffect, useState } from 'preact/hooks';
import { settleTime } from '../../app/settle';

/** False for a moment after a button came to mean something else. */
export function useSettled(meaning: string | null): boolean {
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(meaning), settleTime);
    return () => clearTimeout(timer);
  }, [meaning]);
  return settled === meaning;
}
