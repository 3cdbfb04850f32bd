import type { Message } from '../language';

// Why a call ended.
export const endings = {
  'end.caller-hung-up': { en: 'The customer hung up', ja: 'お客様が切断しました', tr: 'Müşteri kapattı' },
  'end.caller-gone': {
    en: 'The caller hung up before an answer',
    ja: '応答前に発信者が切断しました',
    tr: 'Arayan yanıttan önce kapattı',
  },
  'end.callback': { en: 'The customer is called back', ja: 'お客様に折り返します', tr: 'Müşteri geri aranacak' },
  'end.agent-hung-up': { en: 'You hung up', ja: 'あなたが切断しました', tr: 'Siz kapattınız' },
  'end.completed': { en: 'The call is complete', ja: '通話は完了しました', tr: 'Çağrı tamamlandı' },
  'end.longest-wait': {
    en: 'The longest waiting time was reached',
    ja: '最長待ち時間に達しました',
    tr: 'En uzun bekleme süresine ulaşıldı',
  },
  'end.busy': { en: 'Busy', ja: '話中', tr: 'Meşgul' },
  'end.refused': { en: 'Refused', ja: '拒否', tr: 'Reddedildi' },
  'end.no-answer': { en: 'Not answered', ja: '応答なし', tr: 'Yanıtlanmadı' },
  'end.elsewhere': {
    en: 'Answered by a colleague',
    ja: '他のエージェントが応答しました',
    tr: 'Başka bir temsilci yanıtladı',
  },
  'end.unreachable': {
    en: 'The phone could not be reached',
    ja: '電話に接続できませんでした',
    tr: 'Telefona ulaşılamadı',
  },
  'end.not-acceptable': {
    en: 'The phones found no common sound format',
    ja: '共通の音声形式がありませんでした',
    tr: 'Telefonlar ortak bir ses biçimi bulamadı',
  },
  'end.media-lost': {
    en: 'The sound was lost for too long',
    ja: '音声が長く途絶えました',
    tr: 'Ses çok uzun süre kesildi',
  },
  'end.shutdown': { en: 'The server was stopped', ja: 'サーバーが停止しました', tr: 'Sunucu durduruldu' },
  'end.closed': { en: 'Outside the working hours', ja: '営業時間外', tr: 'Çalışma saatleri dışında' },
  'end.queue-full': {
    en: 'Too many callers were waiting',
    ja: '待ち呼が上限に達しました',
    tr: 'Çok fazla arayan bekliyordu',
  },
  'end.no-agents': {
    en: 'Nobody was there for the queue',
    ja: 'キューに担当者がいませんでした',
    tr: 'Kuyrukta kimse yoktu',
  },
  'end.no-key': {
    en: 'The caller chose nothing',
    ja: '発信者の選択がありませんでした',
    tr: 'Arayan bir seçim yapmadı',
  },
  'end.timeout': {
    en: 'The other side stopped answering',
    ja: '相手側の応答が途絶えました',
    tr: 'Karşı taraf yanıt vermez oldu',
  },
  'end.transport': { en: 'The connection failed', ja: '接続に失敗しました', tr: 'Bağlantı başarısız oldu' },
  'end.unknown-number': {
    en: 'This number is not in use',
    ja: 'この番号は使われていません',
    tr: 'Bu numara kullanılmıyor',
  },
  'end.limit': { en: 'All lines are in use', ja: '全回線が使用中です', tr: 'Tüm hatlar dolu' },
  'end.congestion': {
    en: 'The network has no room just now',
    ja: '回線が混み合っています',
    tr: 'Şebekede şu anda yer yok',
  },
  'end.barred': { en: 'This number may not be called', ja: 'この番号には発信できません', tr: 'Bu numara aranamaz' },
  'end.no-route': {
    en: 'No line leads to this number',
    ja: 'この番号への経路がありません',
    tr: 'Bu numaraya giden hat yok',
  },
  'end.longest-call': {
    en: 'The call was as long as it may be',
    ja: '最長通話時間に達しました',
    tr: 'Çağrı en uzun süresine ulaştı',
  },
  'end.guest-hung-up': { en: 'The other side hung up', ja: '相手側が切断しました', tr: 'Karşı taraf kapattı' },
  'end.remote': {
    en: 'The network could not connect the call',
    ja: '網が通話を接続できませんでした',
    tr: 'Şebeke çağrıyı bağlayamadı',
  },
  'end.other': {
    en: 'The call failed ({reason})',
    ja: '通話に失敗しました（{reason}）',
    tr: 'Çağrı başarısız oldu ({reason})',
  },
} as const satisfies Record<string, Message>;
