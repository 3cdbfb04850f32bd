import { useEffect, useState } from 'preact/hooks';

/** The part of the address behind #, as it changes. */
export function usePage(): string {
  const [page, setPage] = useState(location.hash);
  useEffect(() => {
    const changed = () => setPage(location.hash);
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return page;
}
