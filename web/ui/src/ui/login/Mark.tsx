import { t } from '../../text/text';

/** The product's sign and name. */
export function Mark() {
  return (
    <div class="mark">
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" />
        <path d="M9 20v-4M14 23V11M19 20v-6M24 18v-2" />
      </svg>
      <span>{t('product')}</span>
    </div>
  );
}
