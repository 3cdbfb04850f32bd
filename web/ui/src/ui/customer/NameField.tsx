import { useState } from 'preact/hooks';
import { type Contact, callOutApi } from '../../api/callout';
import { Refusal } from '../../api/refusal';
import { t } from '../../text/text';

/** A name for a number that the directory doesn't have one for. */
export function NameField(props: { contact: Contact | null; number: string; named: (contact: Contact) => void }) {
  const { contact, number, named } = props;
  const [name, setName] = useState('');
  const [why, setWhy] = useState('');
  const save = (e: Event) => {
    e.preventDefault();
    if (!name.trim()) return;
    setWhy('');
    callOutApi.name(contact, number, name.trim()).then(named, (error: unknown) => {
      setWhy(error instanceof Refusal && error.detail ? error.detail : t('unreachable'));
    });
  };
  return (
    <form class="name-field" onSubmit={save} data-testid="name-field">
      <label>
        <span class="label">{t('nameInDirectory')}</span>
        <input
          type="text"
          maxLength={100}
          value={name}
          data-testid="name-in-directory"
          onInput={(e) => setName(e.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={!name.trim()}>
        {t('nameSave')}
      </button>
      {why && <p role="alert">{why}</p>}
    </form>
  );
}
