import { useEffect, useState } from 'preact/hooks';
import { t } from '../../text/text';
import { Icon } from './Icon';

const shownFor = 1500;

/** Copies a text with one click, and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownFor);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button type="button" class="icon-button" onClick={copy} aria-label={copied ? t('copied') : label} title={label}>
      <Icon name={copied ? 'check' : 'copy'} size={16} />
    </button>
  );
}
