import type { Message } from '../language';

// Signing in, and a server that does not answer.
export const login = {
  product: { en: 'mediasrv', ja: 'mediasrv', tr: 'mediasrv' },
  deskOf: { en: 'Agent desk', ja: 'エージェントデスク', tr: 'Temsilci masası' },
  loginTitle: { en: 'Sign in to your desk', ja: 'デスクにサインイン', tr: 'Masanızda oturum açın' },
  loginUser: { en: 'User name', ja: 'ユーザー名', tr: 'Kullanıcı adı' },
  loginPassword: { en: 'Password', ja: 'パスワード', tr: 'Parola' },
  loginSubmit: { en: 'Sign in', ja: 'サインイン', tr: 'Oturum aç' },
  loginBusy: { en: 'Signing in…', ja: 'サインイン中…', tr: 'Oturum açılıyor…' },
  loginWrong: {
    en: 'User name or password is wrong. Check both and try again.',
    ja: 'ユーザー名またはパスワードが違います。確認してもう一度お試しください。',
    tr: 'Kullanıcı adı veya parola yanlış. İkisini de kontrol edip yeniden deneyin.',
  },
  loginTooMany: {
    en: 'Too many attempts. Wait a moment, then try again.',
    ja: '試行回数が多すぎます。しばらく待ってからお試しください。',
    tr: 'Çok fazla deneme yapıldı. Biraz bekleyip yeniden deneyin.',
  },
  loginMissing: {
    en: 'Type your user name and your password.',
    ja: 'ユーザー名とパスワードを入力してください。',
    tr: 'Kullanıcı adınızı ve parolanızı yazın.',
  },
  loginEnded: {
    en: 'Your sign-in has ended. Sign in again to go on.',
    ja: 'サインインの有効期限が切れました。もう一度サインインしてください。',
    tr: 'Oturumunuz sona erdi. Devam etmek için yeniden oturum açın.',
  },
  loginNoAgent: {
    en: 'This user is not an agent, so there is no desk for it. Sign in as an agent.',
    ja: 'このユーザーはエージェントではないため、デスクがありません。エージェントとしてサインインしてください。',
    tr: 'Bu kullanıcı temsilci değil, masası yok. Temsilci olarak oturum açın.',
  },
  showPassword: { en: 'Show password', ja: 'パスワードを表示', tr: 'Parolayı göster' },
  hidePassword: { en: 'Hide password', ja: 'パスワードを隠す', tr: 'Parolayı gizle' },
  unreachable: {
    en: 'The server cannot be reached. Check your network, then try again.',
    ja: 'サーバーに接続できません。ネットワークを確認して、もう一度お試しください。',
    tr: 'Sunucuya ulaşılamıyor. Ağınızı kontrol edip yeniden deneyin.',
  },
  refusedUnknown: {
    en: 'The server refused this (status {status}). Try again.',
    ja: 'サーバーが拒否しました（ステータス {status}）。もう一度お試しください。',
    tr: 'Sunucu bunu reddetti (durum {status}). Yeniden deneyin.',
  },
} as const satisfies Record<string, Message>;
