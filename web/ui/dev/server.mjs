// A server that plays the agent's side of mediasrv, to develop the desk against: the API, the event stream and a SIP registrar that
// can offer a call. It serves dist with the product's Content-Security-Policy. Not part of the product.
//
//   npm run build && npm run fake          http://127.0.0.1:5180, any user, password "demo"
//   npm run fake & npm run dev             the same with live reload, on Vite's port
//
// POST /dev/scene {"name":"ringing"} sets a scene, /dev/view merges into the view, /dev/cut closes the sockets, /dev/invite {"sdp"} rings
// the registered phone and answers with its SDP, /dev/log tells what the phone said.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { outward } from './out.mjs';
import { recordings, wave } from './recordings.mjs';
import { scenes } from './scenes.mjs';
import { SipPeer } from './sip.mjs';
import { abandoned, audit, statistics, wall } from './supervisor.mjs';
import { targets, within } from './talk.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' wss:; media-src 'self' blob:; img-src 'self' data:";
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export function startFake(port = 0) {
  const fake = { view: scenes.offline(), streams: new Set(), sip: new SipPeer(), refuse: {}, down: false, done: [] };
  const sessions = new Set();
  const server = http.createServer((req, res) =>
    handle(fake, sessions, req, res).catch((e) => problem(res, 500, String(e))),
  );
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] });
  server.on('upgrade', (req, socket, head) => {
    if (fake.down || !sessions.has(cookie(req))) return socket.destroy();
    sockets.handleUpgrade(req, socket, head, (ws) => {
      if (req.url === '/sip') return fake.sip.connect(ws);
      if (req.url === '/api/wallboard/events') return ws.send(JSON.stringify(wall()));
      fake.streams.add(ws);
      ws.on('close', () => fake.streams.delete(ws));
      send(ws, fake.view);
    });
  });
  fake.push = (view) => {
    fake.view = view;
    for (const ws of fake.streams) send(ws, view);
  };
  fake.scene = (name) => fake.push(scenes[name](fake.view));
  fake.cut = () => {
    for (const ws of fake.streams) ws.terminate();
    fake.sip.cut();
  };
  fake.close = () => {
    fake.cut();
    server.closeAllConnections();
    return new Promise((ok) => server.close(ok));
  };
  return new Promise((ok) =>
    server.listen(port, '127.0.0.1', () => {
      fake.url = `http://127.0.0.1:${server.address().port}`;
      ok(fake);
    }),
  );
}

function send(ws, view) {
  ws.send(JSON.stringify({ type: 'view', view: { ...view, now: new Date().toISOString() } }));
}

async function handle(fake, sessions, req, res) {
  const url = new URL(req.url, 'http://x');
  if (fake.down) return req.socket.destroy();
  if (!url.pathname.startsWith('/api/') && !url.pathname.startsWith('/dev/')) return file(res, url.pathname);
  const body = await read(req);
  const key = `${req.method} ${url.pathname}`;
  if (url.pathname.startsWith('/dev/')) return dev(fake, key, body, res);
  if (key === 'POST /api/login') return login(fake, sessions, body, res);
  if (!sessions.has(cookie(req))) return problem(res, 401, 'Not signed in.');
  if (fake.refuse[key]) return problem(res, 409, fake.refuse[key]);
  return api(fake, sessions, key, body, req, res);
}

function login(fake, sessions, { user, password }, res) {
  if (password === 'many') return problem(res, 429, 'Too many failed logins. Try again in 30 seconds.');
  if (password !== 'demo') return problem(res, 401, 'User name or password is wrong.');
  const id = randomUUID();
  sessions.add(id);
  res.setHeader('Set-Cookie', `session=${id}; Path=/; HttpOnly; SameSite=Strict`);
  fake.me = user === 'dana' ? { ...me, user, name: 'Dana Kim', role: 'supervisor' } : { ...me, user };
  return json(res, 200, fake.me);
}

const me = {
  user: 'ben',
  name: 'Ben Carter',
  role: 'agent',
  agent: true,
  company: 'Example Travel',
  statuses: [
    { name: 'lunch', as: 'away' },
    { name: 'training', as: 'busy' },
  ],
};

function api(fake, sessions, key, body, req, res) {
  const view = structuredClone(fake.view);
  const now = new Date().toISOString();
  const known = outward(key, req.url);
  if (known) return json(res, 200, known);
  switch (key) {
    case 'GET /api/voicemails':
      return json(res, 200, { voicemails: [] });
    case 'GET /api/me':
      return json(res, 200, fake.me);
    case 'GET /api/statistics':
      return json(res, 200, statistics(new URL(req.url, 'http://x').searchParams));
    case 'GET /api/recordings':
      return json(res, 200, recordings(new URL(req.url, 'http://x').searchParams));
    case 'GET /api/recordings/r1/wave':
      return json(res, 200, wave());
    case 'GET /api/abandoned':
      return json(res, 200, abandoned());
    case 'GET /api/audit':
      return json(res, 200, audit());
    case 'POST /api/logout':
      sessions.delete(cookie(req));
      return json(res, 204);
    case 'POST /api/phone':
      fake.sip.password = createHash('sha256').update(randomUUID()).digest('hex').slice(0, 24);
      return json(res, 200, {
        uri: 'sip:ben@example.test',
        authUser: 'ben',
        password: fake.sip.password,
        realm: 'example.test',
        path: '/sip',
      });
    case 'POST /api/me/call':
      setTimeout(() => fake.scene('dialling'), 50);
      return json(res, 202, { id: '019351f0-0000-7000-8000-000000000001' });
    case 'PUT /api/me/status':
      view.agent = { ...view.agent, status: body.status, label: body.name ?? '', since: now };
      view.notice = '';
      break;
    case 'POST /api/me/wrap-up/extend':
      view.wrapUp.until = new Date(Date.parse(view.wrapUp.until) + 10_000).toISOString();
      break;
    case 'POST /api/me/wrap-up/done':
      fake.done.push(body);
      view.agent = { ...view.agent, activity: 'idle', since: now };
      view.call = null;
      view.wrapUp = null;
      break;
    case 'GET /api/me/targets':
      return json(res, 200, targets());
    case 'POST /api/me/return':
      return json(res, 204);
    case 'POST /api/me/transfer':
    case 'POST /api/me/complete':
    case 'POST /api/me/hangup':
      setTimeout(() => fake.scene('wrapUp'), 50);
      return json(res, 204);
    default: {
      const views = view.call && within(view, key, body);
      if (!views) return problem(res, 404, 'No such thing here.');
      for (const [i, v] of views.entries()) setTimeout(() => fake.push(v), 30 + 1_500 * i);
      return json(res, 204);
    }
  }
  setTimeout(() => fake.push(view), 30);
  return json(res, 204);
}

async function dev(fake, key, body, res) {
  if (key === 'POST /dev/scene') fake.scene(body.name);
  else if (key === 'POST /dev/view') fake.push({ ...fake.view, ...body });
  else if (key === 'POST /dev/cut') fake.cut();
  else if (key === 'POST /dev/invite') return json(res, 200, await fake.sip.invite(body));
  else if (key === 'GET /dev/log') return json(res, 200, fake.sip.log);
  else return problem(res, 404, 'No such thing here.');
  return json(res, 204);
}

function file(res, name) {
  const wanted = path.join(dist, path.normalize(name));
  const found = name !== '/' && existsSync(wanted) ? wanted : path.join(dist, 'index.html');
  res.writeHead(200, {
    'Content-Type': types[path.extname(found)] ?? 'application/octet-stream',
    'Content-Security-Policy': csp,
  });
  createReadStream(found).pipe(res);
}

async function read(req) {
  let text = '';
  for await (const chunk of req) text += chunk;
  return text ? JSON.parse(text) : {};
}

function cookie(req) {
  return /session=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1];
}

function json(res, status, value) {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(value === undefined ? '' : JSON.stringify(value));
}

function problem(res, status, detail) {
  res.writeHead(status, { 'Content-Type': 'application/problem+json' });
  res.end(JSON.stringify({ title: http.STATUS_CODES[status], status, detail }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fake = await startFake(Number(process.env.PORT ?? 5180));
  console.log(`${fake.url}  password "demo"; scenes: ${Object.keys(scenes).join(', ')}`);
}
