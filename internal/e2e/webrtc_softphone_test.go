//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// softphone is a page that uses our API and /sip as anybody's could: it logs in, gets a SIP login, registers, becomes available and answers by itself.
const softphone = `(async () => {
  const ask = async (method, url, body) => {
    const r = await fetch(url, {method, headers: body ? {'Content-Type': 'application/json'} : {}, body: body && JSON.stringify(body)});
    if (!r.ok) throw new Error(method + ' ' + url + ': ' + r.status + ' ' + await r.text());
    return r.status === 204 ? null : r.json().catch(() => null);
  };
  await ask('POST', '/api/login', {user: '%s', password: '%s'});
  const login = await ask('POST', '/api/phone'), server = 'wss://' + location.host + login.path;
  const speaker = document.createElement('audio'); speaker.autoplay = true; document.body.append(speaker);
  const mic = {echoCancellation: false, noiseSuppression: false, autoGainControl: false};
  window.calls = 0;
  const listen = pc => { window.pc = pc; pc.addEventListener('track', e => { speaker.srcObject = e.streams[0] ?? new MediaStream([e.track]); }); };
  await (%s)({login, server, mic, listen});
  await ask('PUT', '/api/me/status', {status: 'available'});
  return true;
})()`

// jssip is the softphone made of JsSIP.
const jssip = `async ({login, server, mic, listen}) => {
  const ua = window.ua = new JsSIP.UA({sockets: [new JsSIP.WebSocketInterface(server)], uri: login.uri, authorization_user: login.authUser,
    password: login.password, realm: login.realm, register_expires: 300, connection_recovery_min_interval: 1, connection_recovery_max_interval: 2});
  ua.on('newRTCSession', ({session, originator}) => {
    if (originator !== 'remote') return;
    window.calls++; window.session = session;
    session.on('peerconnection', e => listen(e.peerconnection));
    session.on('icecandidate', e => e.ready());
    session.answer({mediaConstraints: {audio: mic, video: false}, pcConfig: {iceServers: []}});
  });
  window.session_end = () => window.session.terminate();
  await new Promise((ok, ko) => { ua.on('registered', ok); ua.on('registrationFailed', e => ko(new Error('register: ' + e.cause))); ua.start(); });
  window.restart = () => new Promise(ok => { if (!window.session.renegotiate({rtcOfferConstraints: {iceRestart: true}}, () => ok(true))) ok(false); });
}`

// sipjs is the softphone made of SIP.js.
const sipjs = `async ({login, server, mic, listen}) => {
  const media = {constraints: {audio: mic, video: false}};
  const ua = window.ua = new SIPJS.UserAgent({uri: SIPJS.UserAgent.makeURI(login.uri), transportOptions: {server}, logLevel: 'error',
    authorizationUsername: login.authUser, authorizationPassword: login.password,
    sessionDescriptionHandlerFactoryOptions: {iceGatheringTimeout: 500, peerConnectionConfiguration: {iceServers: []}},
    delegate: {onInvite: invitation => {
      window.calls++; window.session = invitation;
      invitation.delegate = {onSessionDescriptionHandler: h => listen(h.peerConnection)};
      void invitation.accept({sessionDescriptionHandlerOptions: media});
    }}});
  window.session_end = () => window.session.bye();
  await ua.start();
  await new Promise((ok, ko) => new SIPJS.Registerer(ua).register({requestDelegate: {onAccept: ok, onReject: r => ko(new Error('register: ' + r.message.statusCode))}}));
  window.restart = () => new Promise(ok => window.session.invite({requestDelegate: {onAccept: () => ok(true), onReject: () => ok(false)},
    sessionDescriptionHandlerOptions: {...media, offerOptions: {iceRestart: true}}}));
}`

// library bundles a library of web/ui's node_modules into one script.
func library(t *testing.T, name, module string) string {
	t.Helper()
	modules, err := filepath.Abs("../../web/ui/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	bundler, source := filepath.Join(modules, ".bin", "rolldown"), filepath.Join(modules, module)
	for _, file := range []string{bundler, source} {
		if _, err := os.Stat(file); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%v: `make ui` should have installed it", err)
			}
			t.Skipf("%v", err)
		}
	}
	dir := t.TempDir()
	entry, out := filepath.Join(dir, "entry.js"), filepath.Join(dir, "out.js")
	if err := os.WriteFile(entry, []byte("import * as all from '"+source+"'; window."+name+" = all.default ?? all;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(bundler, entry, "--file", out, "--format", "iife", "--platform", "browser").CombinedOutput(); err != nil {
		t.Fatalf("bundle %s: %v\n%s", name, err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// softphone opens a page in a Chromium of its own and makes it a softphone.
func (s *server) softphone(user string, hz float64, lib, phone string) *agent {
	s.t.Helper()
	a := s.openDesk(user, hz)
	script[bool](a, "(() => {"+lib+"; return true; })()")
	script[bool](a, fmt.Sprintf(softphone, user, password, phone))
	return a
}

// talks lets a caller in; the softphone answers by itself.
func (s *server) talks(a *agent) *caller {
	s.t.Helper()
	c := s.dial(quietNumber)
	a.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	return c
}

// ufrag is the server's, as the page knows it.
func (a *agent) ufrag() string {
	a.t.Helper()
	return script[string](a, `(window.pc.remoteDescription.sdp.match(/ice-ufrag:(\S+)/) ?? ['', ''])[1]`)
}

func TestJsSIPPhone(t *testing.T) { phoneWorks(t, "JsSIP", "jssip/lib/JsSIP.js", jssip) }

func TestSIPJSPhone(t *testing.T) { phoneWorks(t, "SIPJS", "sip.js/lib/index.js", sipjs) }

// phoneWorks is anybody's softphone: a call, ICE restarts by it without a new DTLS handshake, and its end.
func phoneWorks(t *testing.T, name, module, phone string) {
	t.Helper()
	if !isolated(t) {
		return
	}
	s := direct(t).start(options{})
	aiko := s.softphone("aiko", agentTone, library(t, name, module), phone)
	c := s.talks(aiko)
	for range 2 {
		before := aiko.ufrag()
		if !script[bool](aiko, `window.restart()`) {
			t.Fatal("it doesn't restart ICE")
		}
		eventually(t, "the server's credentials change", func() error {
			if after := aiko.ufrag(); after == before || after == "" {
				return errorf("they are %q", after)
			}
			return nil
		})
		time.Sleep(3 * time.Second) // for checks with the new credentials
		aiko.hears(callerTone)
		c.hearsAtTheEnd(agentTone, true)
	}
	if got := script[string](aiko, `(async () => [...(await window.pc.getStats()).values()].find(r => r.type === 'transport').dtlsState)()`); got != "connected" {
		t.Error("DTLS is", got)
	}
	script[bool](aiko, `(window.session_end(), true)`)
	c.ended()
	s.want("agent-hung-up", `SELECT end_reason FROM calls`)
}

// Two pages registered for one user: the newest rings.
func TestTwoTabsTheNewestRings(t *testing.T) {
	if !isolated(t) {
		return
	}
	lib := library(t, "JsSIP", "jssip/lib/JsSIP.js")
	s := direct(t).start(options{})
	first := s.softphone("aiko", 1400, lib, jssip)
	second := s.softphone("aiko", agentTone, lib, jssip)
	c := s.talks(second)
	if n := script[int](first, `window.calls`); n != 0 {
		t.Errorf("the older page rang %d times", n)
	}
	script[bool](second, `(window.session_end(), true)`)
	c.ended()
}

// The browser's computer gets another address in mid-call: it restarts ICE over a new WebSocket, and the call goes on with the same DTLS association.
func TestAddressChangesInMidCall(t *testing.T) {
	if !isolated(t) {
		return
	}
	lib := library(t, "JsSIP", "jssip/lib/JsSIP.js")
	l := direct(t)
	s := l.start(options{})
	aiko := s.softphone("aiko", agentTone, lib, jssip)
	c := s.talks(aiko)
	script[bool](aiko, `(() => {
		const again = async () => { window.ua.transport.disconnect(); window.ua.transport.connect(); };
		window.pc.addEventListener('iceconnectionstatechange', () => {
			(window.pcNotes ??= []).push(window.pc.iceConnectionState);
			if (window.pc.iceConnectionState !== 'disconnected' || window.moved) return;
			window.moved = true;
			window.ua.once('registered', () => window.restart());
			again();
		});
		return true;
	})()`)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what happened in the page: %s", script[string](aiko, `(window.pcNotes ?? []).join(' ')`))
		}
	})
	l.run(`echo 1 > /proc/sys/net/ipv4/conf/c0/promote_secondaries; ip addr add 10.88.0.22/24 dev c0; ip addr del 10.88.0.2/24 dev c0; ip addr del fd88::2/64 dev c0`)
	eventually(t, "the media comes from the new address", func() error {
		if got := script[string](aiko, selected); !strings.Contains(got, "10.88.0.22 ") {
			return errorf("it goes over %q", got)
		}
		return nil
	})
	aiko.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'agent-answered'`)
	script[bool](aiko, `(window.session_end(), true)`)
	c.ended()
}
