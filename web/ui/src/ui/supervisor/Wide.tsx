import type { ComponentChildren } from 'preact';

/** What may be wider than the page: it scrolls by itself, by keys too. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it keys could not scroll it
    <section class="operators-wide" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
