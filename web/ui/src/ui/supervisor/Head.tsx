import type { ComponentChildren } from 'preact';
import { pagesOf, pageTitles } from '../../state/watches';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Account } from '../frame/Account';
import { usePage } from '../usePage';

/** The head of a page beside the desk: its title, and the way to the others. A call that has come meanwhile is on the desk, so it says so. */
export function Head({ title, lost, children }: { title: string; lost?: boolean; children?: ComponentChildren }) {
  const { desk } = useRoom();
  const page = usePage() || '#trunks';
  const me = desk.state.value.me;
  const { kind } = desk.panel.value;
  return (
    <header class="operators-head">
      <h1>{title}</h1>
      {lost && (
        <p class="operators-lost" role="status">
          {t('trunksLost')}
        </p>
      )}
      {children}
      <nav class="watch-nav" aria-label={t('pages')}>
        {me?.agent && (
          <a href="#desk">
            {t('desk')}
            {kind === 'ringing' && <b class="state-word state-ringing"> {t('state.ringing')}</b>}
          </a>
        )}
        {pagesOf(me).map((name) => (
          <a key={name} href={`#${name}`} aria-current={page === `#${name}` ? 'page' : undefined}>
            {t(pageTitles[name])}
          </a>
        ))}
      </nav>
      <Account />
    </header>
  );
}
