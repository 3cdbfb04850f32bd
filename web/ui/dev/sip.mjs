// The smallest SIP server that a desk can register with and be called from, over WebSocket (RFC 7118).
import { createHash, randomBytes } from 'node:crypto';

const md5 = (text) => createHash('md5').update(text).digest('hex');
const token = () => randomBytes(6).toString('hex');

export class SipPeer {
  password = '';
  ws = null;
  contact = '';
  log = [];
  calls = new Map();
  rejectRegister = 0;

  connect(ws) {
    this.ws = ws;
    ws.on('message', (data) => this.receive(ws, String(data)));
  }

  cut() {
    this.ws?.terminate();
    this.contact = '';
  }

  receive(ws, text) {
    if (!text.trim()) return;
    const message = parse(text);
    this.log.push(message.start);
    if (message.start.startsWith('SIP/2.0')) this.response(message);
    else if (message.start.startsWith('REGISTER')) this.register(ws, message);
    else if (message.start.startsWith('BYE')) {
      this.log.push(`bye ${message.headers['call-id']}`);
      reply(ws, message, '200 OK');
    } else if (!message.start.startsWith('ACK')) reply(ws, message, '200 OK');
  }

  register(ws, m) {
    const auth = m.headers.authorization;
    if (!auth || !this.valid(auth) || this.rejectRegister > 0) {
      if (auth) this.rejectRegister -= 1;
      const status = auth ? '403 Forbidden' : '401 Unauthorized';
      return reply(ws, m, status, [`WWW-Authenticate: Digest realm="example.test", nonce="${token()}", algorithm=MD5`]);
    }
    this.contact = /<([^>]+)>/.exec(m.headers.contact)[1];
    reply(ws, m, '200 OK', [`Contact: ${m.headers.contact};expires=300`]);
  }

  valid(auth) {
    const part = (name) => new RegExp(`\\b${name}="?([^",]+)`).exec(auth)?.[1];
    const ha1 = md5(`${part('username')}:${part('realm')}:${this.password}`);
    return part('response') === md5(`${ha1}:${part('nonce')}:${md5(`REGISTER:${part('uri')}`)}`);
  }

  /** Rings the phone. Gives its final answer: {status, sdp, reason, id}. */
  invite({ sdp, call = '019351f0-0000-7000-8000-000000000001', number = '+819012345678', name = 'Aiko Yamada' }) {
    const id = token();
    const invite = {
      id,
      from: `"${name}" <sip:${number}@example.test>;tag=${token()}`,
      to: '<sip:ben@example.test>',
      ws: this.ws,
    };
    const answer = new Promise((ok) => {
      invite.answered = ok;
    });
    this.calls.set(id, invite);
    this.request(
      invite,
      'INVITE',
      1,
      [`X-Mediasrv-Call: ${call}`, 'Contact: <sip:server@example.test;transport=ws>'],
      sdp,
    );
    return answer;
  }

  response(m) {
    const invite = this.calls.get(m.headers['call-id']);
    const status = Number(m.start.split(' ')[1]);
    if (!invite || !/INVITE/.test(m.headers.cseq) || status < 200) return;
    invite.to = m.headers.to;
    this.request(invite, 'ACK', 1);
    invite.answered({ status, sdp: m.body, reason: m.headers.reason ?? '', id: invite.id });
  }

  bye(id) {
    this.request(this.calls.get(id), 'BYE', 2);
  }

  cancel(id) {
    this.request(this.calls.get(id), 'CANCEL', 1);
  }

  request(invite, method, cseq, headers = [], body = '') {
    invite.branch = method === 'ACK' || method === 'CANCEL' ? invite.branch : `z9hG4bK${token()}`;
    const lines = [
      `${method} ${this.contact} SIP/2.0`,
      `Via: SIP/2.0/WSS example.test;branch=${invite.branch}`,
      'Max-Forwards: 70',
      `From: ${invite.from}`,
      `To: ${invite.to}`,
      `Call-ID: ${invite.id}`,
      `CSeq: ${cseq} ${method}`,
      ...headers,
    ];
    if (body) lines.push('Content-Type: application/sdp');
    lines.push(`Content-Length: ${Buffer.byteLength(body)}`, '', body);
    invite.ws.send(lines.join('\r\n'));
  }
}

function reply(ws, m, status, headers = []) {
  const to = /;tag=/.test(m.headers.to) ? m.headers.to : `${m.headers.to};tag=${token()}`;
  const copied = [
    `Via: ${m.headers.via}`,
    `From: ${m.headers.from}`,
    `To: ${to}`,
    `Call-ID: ${m.headers['call-id']}`,
    `CSeq: ${m.headers.cseq}`,
  ];
  ws.send([`SIP/2.0 ${status}`, ...copied, ...headers, 'Content-Length: 0', '', ''].join('\r\n'));
}

function parse(text) {
  const [head, ...rest] = text.split('\r\n\r\n');
  const [start, ...lines] = head.split('\r\n');
  const headers = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  return { start, headers, body: rest.join('\r\n\r\n') };
}
