import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from '../../api/refusal';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { Mark } from './Mark';

/** The login. A plain form, so that password managers know it. */
export function Login() {
  const { desk } = useRoom();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [visible, setVisible] = useState(false);
  const user = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => user.current?.focus(), []);

  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const name = user.current?.value.trim() ?? '';
    const secret = password.current?.value ?? '';
    if (!name || !secret) {
      setError(t('loginMissing'));
      (name ? password : user).current?.focus();
      return;
    }
    setBusy(true);
    setError('');
    try {
      await desk.login(name, secret);
    } catch (why) {
      setError(loginError(why));
      setBusy(false);
      password.current?.select();
    }
  };

  const ended = desk.state.value.ended;
  return (
    <main class="login">
      <form class="login-card" onSubmit={submit} noValidate>
        <Mark />
        <h1>{t('loginTitle')}</h1>
        <p class="login-note" data-testid="login-note">
          {ended && !error ? t('loginEnded') : ''}
        </p>
        <label class="field">
          <span>{t('loginUser')}</span>
          <input
            ref={user}
            data-testid="login-user"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            aria-invalid={error !== ''}
            aria-describedby="login-error"
          />
        </label>
        <label class="field">
          <span>{t('loginPassword')}</span>
          <span class="password">
            <input
              ref={password}
              data-testid="login-password"
              name="password"
              type={(visible ? 'text' : 'password') as 'password'}
              autocomplete="current-password"
              required
              aria-invalid={error !== ''}
              aria-describedby="login-error"
            />
            <button
              type="button"
              class="icon-button"
              aria-pressed={visible}
              aria-label={t(visible ? 'hidePassword' : 'showPassword')}
              onClick={() => setVisible(!visible)}
            >
              <Icon name="eye" />
            </button>
          </span>
        </label>
        <button type="submit" class="button primary wide" data-testid="login-submit" disabled={busy}>
          {t(busy ? 'loginBusy' : 'loginSubmit')}
        </button>
        <p class="login-error" id="login-error" data-testid="login-error" role="alert">
          {error}
        </p>
      </form>
    </main>
  );
}

function loginError(why: unknown): string {
  if (!(why instanceof Refusal)) return t('unreachable');
  if (why.status === 0) return t('unreachable');
  if (why.status === 401) return t('loginWrong');
  if (why.status === 429) return why.detail || t('loginTooMany');
  return why.detail || t('refusedUnknown', { status: why.status });
}
