import type { Message } from '../language';

// Notes, disposition and what else ends a call.
export const wrapup = {
  notes: { en: 'Notes', ja: 'メモ', tr: 'Notlar' },
  notesHint: {
    en: 'What was it about? Kept in this window as you type.',
    ja: 'ご用件は何でしたか。入力内容はこのウィンドウに保存されます。',
    tr: 'Konu neydi? Yazdıkça bu pencerede saklanır.',
  },
  notesIdle: {
    en: 'Notes open with the next call.',
    ja: '次の通話でメモが開きます。',
    tr: 'Notlar sonraki çağrıyla açılır.',
  },
  disposition: { en: 'Disposition', ja: '対応結果', tr: 'Sonuç kodu' },
  dispositionNone: { en: 'Not set', ja: '未設定', tr: 'Seçilmedi' },
  dispositionLater: { en: 'After the call', ja: '通話の後で', tr: 'Çağrıdan sonra' },
  dispositionChoose: { en: 'Choose…', ja: '選択…', tr: 'Seçin…' },
  dispositionRequired: {
    en: 'Choose a disposition first',
    ja: '先に対応結果を選んでください',
    tr: 'Önce bir sonuç kodu seçin',
  },
  conversation: { en: 'Conversation', ja: '案件', tr: 'Talep' },
  'conversation.open': { en: 'Open', ja: '未完了', tr: 'Açık' },
  'conversation.waiting': { en: 'Waiting', ja: '回答待ち', tr: 'Bekliyor' },
  'conversation.solved': { en: 'Solved', ja: '解決済み', tr: 'Çözüldü' },
  'conversation.closed': { en: 'Closed', ja: '終了', tr: 'Kapandı' },
  rating: { en: 'Line', ja: '回線', tr: 'Hat' },
  'rating.1': { en: 'Unusable', ja: '使用不可', tr: 'Kullanılamaz' },
  'rating.2': { en: 'Poor', ja: '悪い', tr: 'Kötü' },
  'rating.3': { en: 'Fair', ja: '普通', tr: 'Orta' },
  'rating.4': { en: 'Good', ja: '良い', tr: 'İyi' },
  'rating.5': { en: 'Excellent', ja: 'とても良い', tr: 'Çok iyi' },
  ratingNone: { en: 'Not rated', ja: '未評価', tr: 'Puanlanmadı' },
  extend: { en: '+10 s', ja: '+10 秒', tr: '+10 sn' },
  done: { en: 'Done', ja: '完了', tr: 'Bitti' },
  wrapUpLeft: {
    en: '{seconds} s of wrap-up left',
    ja: '後処理 残り {seconds} 秒',
    tr: 'Son işlem için {seconds} sn kaldı',
  },
} as const satisfies Record<string, Message>;
