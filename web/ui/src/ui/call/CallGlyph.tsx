import type { PanelKind } from '../../state/panel';

/** The call's state by shape. */
export function CallGlyph({ kind, muted, held }: { kind: PanelKind; muted: boolean; held: boolean }) {
  return (
    <svg class="call-glyph" width="36" height="36" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      {kind === 'idle' && <circle cx="18" cy="18" r="9" class="line dashed" />}
      {kind === 'ringing' && (
        <g>
          <circle cx="18" cy="18" r="6" class="full" />
          <circle cx="18" cy="18" r="11" class="line wave one" />
          <circle cx="18" cy="18" r="16" class="line wave two" />
        </g>
      )}
      {kind === 'connecting' && (
        <g class="dots">
          <circle cx="8" cy="18" r="3" class="full" />
          <circle cx="18" cy="18" r="3" class="full" />
          <circle cx="28" cy="18" r="3" class="full" />
        </g>
      )}
      {kind === 'talking' && held && <path d="M13 8v20M23 8v20" class="line bars" />}
      {kind === 'talking' && !held && !muted && (
        <path d="M6 18v0M12 13v10M18 8v20M24 13v10M30 18v0" class="line bars" />
      )}
      {kind === 'talking' && !held && muted && (
        <path d="M6 18v0M12 18v0M18 18v0M24 18v0M30 18v0M10 28 26 8" class="line bars" />
      )}
      {kind === 'ended' && <rect x="11" y="11" width="14" height="14" rx="3" class="full" />}
      {kind === 'wrap-up' && (
        <path d="M10 26l1.500-6L22 9.500a2.500 2.500 0 0 1 4 4L15.500 24.500ZM10 30h16" class="line pen" />
      )}
    </svg>
  );
}
