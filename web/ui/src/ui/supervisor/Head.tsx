import type { ComponentChildren } from 'preact';
import { pageTitles, watchPages } from '../../state/watches';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Account } from '../frame/Account';
import { usePage } from '../usePage';

/** The head of a page of those who watch over the contact centre: its title, and the way to the others. */
export function Head({ title, lost, children }: { title: string; lost?: boolean; children?: ComponentChildren }) {
  const { desk } = useRoom();
  const page = usePage() || '#trunks';
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
        {desk.state.value.me?.agent && <a href="#desk">{t('desk')}</a>}
        {watchPages.map((name) => (
          <a key={name} href={`#${name}`} aria-current={page === `#${name}` ? 'page' : undefined}>
            {t(pageTitles[name])}
          </a>
        ))}
      </nav>
      <Account />
    </header>
  );
}
