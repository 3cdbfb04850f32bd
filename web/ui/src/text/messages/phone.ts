import type { Message } from '../language';

// The phone of the window, its devices and the network.
export const phone = {
  phoneReady: { en: 'Phone ready', ja: '電話 準備完了', tr: 'Telefon hazır' },
  phoneConnecting: { en: 'Phone connecting…', ja: '電話に接続中…', tr: 'Telefon bağlanıyor…' },
  phoneLost: {
    en: 'Phone connection lost, trying again',
    ja: '電話の接続が切れました。再接続しています',
    tr: 'Telefon bağlantısı koptu, yeniden deneniyor',
  },
  phoneRefused: {
    en: 'The phone could not sign in, trying again',
    ja: '電話を登録できませんでした。再試行しています',
    tr: 'Telefon oturum açamadı, yeniden deneniyor',
  },
  phoneElsewhere: {
    en: 'Your phone is in another window. It moves here when that one is closed.',
    ja: '電話は別のウィンドウで使用中です。そちらを閉じるとここに移ります。',
    tr: 'Telefonunuz başka bir pencerede. O kapanınca buraya geçer.',
  },
  phoneOff: { en: 'Phone off', ja: '電話 オフ', tr: 'Telefon kapalı' },
  microphoneRefused: {
    en: 'The browser blocks the microphone. Allow it for this site (icon left of the address), then become available again.',
    ja: 'ブラウザーがマイクをブロックしています。アドレス左のアイコンからこのサイトに許可し、もう一度受付可にしてください。',
    tr: 'Tarayıcı mikrofonu engelliyor. Bu site için izin verin (adresin solundaki simge), sonra yeniden müsait olun.',
  },
  microphoneMissing: {
    en: 'No microphone found. Plug in a headset, then try again.',
    ja: 'マイクが見つかりません。ヘッドセットを接続して、もう一度お試しください。',
    tr: 'Mikrofon bulunamadı. Kulaklığı takıp yeniden deneyin.',
  },
  microphoneBusy: {
    en: 'The microphone is used by another program. Close it there, then try again.',
    ja: 'マイクは別のプログラムが使用中です。そちらを終了して、もう一度お試しください。',
    tr: 'Mikrofonu başka bir program kullanıyor. Onu kapatıp yeniden deneyin.',
  },
  microphoneGone: {
    en: 'Your microphone has stopped. The customer cannot hear you: check your headset.',
    ja: 'マイクが停止しました。お客様に声が届いていません。ヘッドセットを確認してください。',
    tr: 'Mikrofonunuz durdu. Müşteri sizi duyamıyor: kulaklığınızı kontrol edin.',
  },
  insecure: {
    en: 'The browser gives no microphone to this address. Open the desk with https.',
    ja: 'このアドレスではブラウザーがマイクを使えません。https でデスクを開いてください。',
    tr: 'Tarayıcı bu adreste mikrofona izin vermiyor. Masayı https ile açın.',
  },
  audioLost: {
    en: 'The sound of the call is interrupted, trying again',
    ja: '通話の音声が途切れています。再接続しています',
    tr: 'Çağrının sesi kesildi, yeniden deneniyor',
  },
  audioElsewhere: {
    en: 'The sound of this call is on another phone or window of yours.',
    ja: '音声は別の端末です。',
    tr: 'Ses başka aygıtta.',
  },
  devices: { en: 'Microphone, speaker, network', ja: 'マイク・スピーカー・ネットワーク', tr: 'Mikrofon, hoparlör, ağ' },
  devicesHint: { en: 'Choose and test them', ja: '選択とテスト', tr: 'Seçin ve sınayın' },
  testDevices: { en: 'Test headset', ja: '音声テスト', tr: 'Kulaklığı sına' },
  'device.microphone': { en: 'Microphone', ja: 'マイク', tr: 'Mikrofon' },
  'device.speaker': { en: 'Calls are heard at', ja: '通話の出力先', tr: 'Çağrı sesi' },
  'device.ringer': { en: 'It rings at', ja: '着信音の出力先', tr: 'Zil sesi' },
  deviceStandard: { en: 'Standard device', ja: '標準のデバイス', tr: 'Varsayılan aygıt' },
  microphoneLevel: { en: 'Microphone level', ja: 'マイクの音量', tr: 'Mikrofon düzeyi' },
  microphoneSpeak: {
    en: 'Say something: the bar has to move.',
    ja: '話してみてください。バーが動くはずです。',
    tr: 'Bir şey söyleyin: çubuk oynamalı.',
  },
  microphoneHeard: { en: 'Your microphone works.', ja: 'マイクは正常です。', tr: 'Mikrofonunuz çalışıyor.' },
  playMusic: { en: 'Play music, 5 s', ja: '音楽を再生（5 秒）', tr: 'Müzik çal, 5 sn' },
  stopMusic: { en: 'Stop the music', ja: '音楽を停止', tr: 'Müziği durdur' },
  speakerHint: {
    en: 'You should hear music where you will hear callers.',
    ja: 'お客様の声と同じところから音楽が聞こえるはずです。',
    tr: 'Müziği, arayanları duyacağınız yerden duymalısınız.',
  },
  speakerBySystem: {
    en: 'This browser plays at the system’s speaker: choose another one there.',
    ja: 'このブラウザーはシステムのスピーカーで再生します。変更はシステム側で行ってください。',
    tr: 'Bu tarayıcı sistemin hoparlöründen çalar: başkasını oradan seçin.',
  },
  playRing: { en: 'Ring once', ja: '着信音を 1 回', tr: 'Bir kez çaldır' },
  network: { en: 'Network', ja: 'ネットワーク', tr: 'Ağ' },
  networkTesting: {
    en: 'Measuring the way to the server…',
    ja: 'サーバーまでの経路を測定中…',
    tr: 'Sunucuya giden yol ölçülüyor…',
  },
  'network.good': {
    en: 'Good: {ms} ms to the server and back, varying by {jitter} ms.',
    ja: '良好：サーバーとの往復 {ms} ms、ゆらぎ {jitter} ms。',
    tr: 'İyi: sunucuya gidiş dönüş {ms} ms, değişkenlik {jitter} ms.',
  },
  'network.weak': {
    en: 'Weak: {ms} ms to the server and back, varying by {jitter} ms. A cable is better than Wi-Fi.',
    ja: '弱い：サーバーとの往復 {ms} ms、ゆらぎ {jitter} ms。Wi-Fi より有線をお勧めします。',
    tr: 'Zayıf: sunucuya gidiş dönüş {ms} ms, değişkenlik {jitter} ms. Kablo, Wi-Fi’dan iyidir.',
  },
  'network.bad': {
    en: 'Too bad for calls: {ms} ms to the server and back, varying by {jitter} ms. Use a cable, or another network.',
    ja: '通話には不十分：サーバーとの往復 {ms} ms、ゆらぎ {jitter} ms。有線か別のネットワークをお使いください。',
    tr: 'Çağrı için çok kötü: sunucuya gidiş dönüş {ms} ms, değişkenlik {jitter} ms. Kablo veya başka bir ağ kullanın.',
  },
  testAgain: { en: 'Test again', ja: 'もう一度テスト', tr: 'Yeniden sına' },
  lineWeak: { en: 'Your connection is weak.', ja: 'ご自分の接続が弱くなっています。', tr: 'Bağlantınız zayıf.' },
  lineBad: {
    en: 'Your connection is bad. Use a cable if you can.',
    ja: 'ご自分の接続が不良です。できれば有線をお使いください。',
    tr: 'Bağlantınız kötü. Mümkünse kablo kullanın.',
  },
  customerLineWeak: {
    en: 'The customer’s connection is weak.',
    ja: 'お客様の接続が弱くなっています。',
    tr: 'Müşterinin bağlantısı zayıf.',
  },
  customerLineBad: {
    en: 'The customer’s connection is bad.',
    ja: 'お客様の接続が不良です。',
    tr: 'Müşterinin bağlantısı kötü.',
  },
  continueHere: { en: 'Continue here', ja: 'ここで続ける', tr: 'Burada sürdür' },
  notHere: {
    en: 'The call has not reached the phone in this window. It goes on to the next agent if nobody answers.',
    ja: '着信がこのウィンドウの電話に届いていません。応答がなければ次のエージェントに回ります。',
    tr: 'Çağrı bu penceredeki telefona ulaşmadı. Yanıtlanmazsa sonraki temsilciye geçer.',
  },
  answerFailed: {
    en: 'The call could not be connected. It goes on to the next agent.',
    ja: '通話を接続できませんでした。次のエージェントに回ります。',
    tr: 'Çağrı bağlanamadı. Sonraki temsilciye geçiyor.',
  },
} as const satisfies Record<string, Message>;
