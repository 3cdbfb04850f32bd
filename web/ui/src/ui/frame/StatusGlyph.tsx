import type { Status } from '../../api/types';

/** A status by shape: full, barred, half, hollow. Its colour comes from the class. */
export function StatusGlyph({ status }: { status: Status }) {
  return (
    <svg
      class={`status-glyph ${status}`}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
      focusable="false"
    >
      {status === 'available' && <circle cx="7" cy="7" r="6" class="full" />}
      {status === 'busy' && <path d="M7 1a6 6 0 1 1 0 12A6 6 0 0 1 7 1ZM4 6v2h6V6Z" class="full" fill-rule="evenodd" />}
      {status === 'away' && (
        <path d="M8.700 1.200A6 6 0 1 0 12.800 8.700 4.800 4.800 0 0 1 8.700 1.200Z" class="full" />
      )}
      {status === 'offline' && <circle cx="7" cy="7" r="5" class="hollow" />}
    </svg>
  );
}
