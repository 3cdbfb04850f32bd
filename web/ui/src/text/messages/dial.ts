import type { Message } from '../language';

// Calling somebody.
export const dial = {
  dial: { en: 'Call', ja: '発信', tr: 'Ara' },
  dialHint: { en: 'Number or name', ja: '番号または名前', tr: 'Numara veya ad' },
  dialCall: { en: 'Call', ja: '発信', tr: 'Ara' },
  dialBusy: { en: 'Calling…', ja: '発信中…', tr: 'Aranıyor…' },
  dialNobody: {
    en: 'Nobody of this name is in the directory.',
    ja: '電話帳に該当する名前がありません。',
    tr: 'Rehberde bu adda kimse yok.',
  },
  dialEmergency: { en: 'Emergency', ja: '緊急', tr: 'Acil' },
  dialQueue: { en: 'For', ja: '担当キュー', tr: 'Kuyruk' },
  dialFrom: { en: 'Shown', ja: '通知番号', tr: 'Görünen numara' },
  dialConversation: {
    en: 'Open conversation in {queue} since {day}',
    ja: '{queue} の未完了案件（{day} から）',
    tr: '{queue}: açık talep, {day}',
  },
  dialJoin: { en: 'Go on with it', ja: '続ける', tr: 'Bununla sürdür' },
  dialNew: { en: 'Begin another', ja: '新規に開始', tr: 'Yenisini başlat' },
  directory: { en: 'Directory', ja: '電話帳', tr: 'Rehber' },
  nameInDirectory: { en: 'Name in the directory', ja: '電話帳の名前', tr: 'Rehberdeki ad' },
  nameSave: { en: 'Save', ja: '保存', tr: 'Kaydet' },
} as const satisfies Record<string, Message>;
