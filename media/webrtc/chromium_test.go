//go:build e2e

package webrtc_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// page drives one RTCPeerConnection per way to begin, and posts what it saw to /report. A step is "name: what it should be".
const page = `<!doctype html><script>
const sleep = ms => new Promise(r => setTimeout(r, ms));
const post = async (u, b) => { const r = await fetch(u, {method: 'POST', body: b}); const s = await r.text(); if (!r.ok) throw new Error(u + ': ' + s); return s };
async function snap(pc) { const o = {in: 0, out: 0}; (await pc.getStats()).forEach(r => {
  if (r.type === 'inbound-rtp') o.in += r.packetsReceived; if (r.type === 'outbound-rtp') o.out += r.packetsSent;
  if (r.type === 'transport') { o.cipher = r.srtpCipher; o.role = r.dtlsRole } }); return o }
async function report(pc, first, step) { // for a second, and until what is wanted has come
  const [hear, say] = {'browser holds': [0, 1], 'server holds': [1, 0], closed: [0, 0]}[step] ?? [1, 1];
  if (!hear || !say) await sleep(300); // what was on its way
  const a = await snap(pc), x = JSON.parse(await post('/stat')); let b, y;
  for (let i = 1; i <= 240; i++) { await sleep(250); b = await snap(pc); y = JSON.parse(await post('/stat'));
    if (i >= 4 && (!hear || b.in - a.in >= 50) && (!say || y.got - x.got >= 50) && (step !== 'digit' || y.events - x.events >= 3) && (step !== 'closed' || y.state === 'failed')) break }
  await post('/report', JSON.stringify({first, step, state: pc.connectionState, heard: b.in - a.in, said: y.got - x.got, server: y.state, cipher: b.cipher, role: b.role, direction: pc.getTransceivers()[0].currentDirection, events: y.events - x.events})) }
async function local(pc) { for (let i = 0; i < 1200 && pc.iceGatheringState !== 'complete'; i++) await sleep(50); return pc.localDescription.sdp }
async function offer(pc, url) { await pc.setLocalDescription(await pc.createOffer()); await pc.setRemoteDescription({type: 'answer', sdp: await post(url, await local(pc))}) }
async function take(pc, url, stream) { await pc.setRemoteDescription({type: 'offer', sdp: await post(url)});
  if (stream) stream.getTracks().forEach(t => pc.addTrack(t, stream)); await pc.setLocalDescription(await pc.createAnswer()); await post('/answer', await local(pc)) }
async function connected(pc) { for (let i = 0; i < 1200 && pc.connectionState !== 'connected'; i++) await sleep(50) }
async function main() { const stream = await navigator.mediaDevices.getUserMedia({audio: true});
  for (const first of ['server', 'browser', 'browser with video']) {
    const pc = new RTCPeerConnection(); await post('/new');
    if (first === 'server') await take(pc, '/offer', stream);
    else { stream.getTracks().forEach(t => pc.addTrack(t, stream)); if (first !== 'browser') pc.addTransceiver('video'); await offer(pc, '/take') }
    await connected(pc); await report(pc, first, 'connected');
    const tr = pc.getTransceivers()[0];
    tr.direction = 'sendonly'; await offer(pc, '/take'); await report(pc, first, 'browser holds');
    tr.direction = 'sendrecv'; await offer(pc, '/take'); await report(pc, first, 'back');
    await take(pc, '/offer?dir=sendonly'); await report(pc, first, 'server holds');
    await take(pc, '/offer'); await report(pc, first, 'back');
    pc.restartIce(); await offer(pc, '/take'); await sleep(3000); await report(pc, first, 'browser restarts ICE');
    await take(pc, '/offer?restart=1'); await sleep(3000); await report(pc, first, 'server restarts ICE');
    const d = pc.getSenders()[0].dtmf; d.insertDTMF('5', 200, 50); await report(pc, first, 'digit');
    pc.close(); await report(pc, first, 'closed');
  } }
main().catch(e => post('/failed', String(e) + ' ' + e.stack)).finally(() => post('/done'));
</script>`

// seen is one report of the page.
type seen struct {
	First, Step, State, Server, Cipher, Role, Direction string
	Heard, Said, Events                                 int
}

// TestChromium is the whole stack against the browser: offers from either side, hold, ICE restarts, packets both ways.
func TestChromium(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	w := startWorker(t)
	reports, done := make(chan seen, 64), make(chan struct{})
	srv := httptest.NewServer(site(t, w, reports, done))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // reached only on failure
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream",
		"--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
		"--user-data-dir="+t.TempDir(), srv.URL)
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = cmd.Wait()
	}()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatal("the page didn't come to its end")
	}
	close(reports)
	n := 0
	for r := range reports {
		n++
		judge(t, r)
	}
	if n != 3*9 {
		t.Errorf("%d reports", n)
	}
}

// judge compares a report with what its step should bring.
func judge(t *testing.T, r seen) {
	t.Helper()
	t.Logf("%+v", r)
	heard, said, direction := true, true, "sendrecv"
	switch r.Step {
	case "browser holds":
		heard, direction = false, "sendonly"
	case "server holds":
		said, direction = false, "recvonly"
	case "closed":
		if r.Server != "failed" {
			t.Errorf("%s, %s: the server didn't notice: %+v", r.First, r.Step, r)
		}
		return
	case "digit":
		if r.Events < 3 {
			t.Errorf("%s: no telephone-event: %+v", r.First, r)
		}
	}
	if r.State != "connected" || r.Server != "connected" || r.Role != "client" || r.Direction != direction || !strings.Contains(r.Cipher, "GCM") {
		t.Errorf("%s, %s: %+v", r.First, r.Step, r)
	}
	if !flows(r.Heard, heard) || !flows(r.Said, said) {
		t.Errorf("%s, %s: heard %d (wanted: %v), said %d (wanted: %v)", r.First, r.Step, r.Heard, heard, r.Said, said)
	}
}

// flows says whether packets came, or none did; a few may be on their way when a direction ends.
func flows(n int, want bool) bool { return want && n >= 50 || !want && n <= 3 }

// site serves the page and its calls, which come one after the other.
func site(t *testing.T, w *worker, reports chan<- seen, done chan struct{}) http.Handler {
	t.Helper()
	var l *leg
	mux := http.NewServeMux()
	body := func(r *http.Request) string { b, _ := io.ReadAll(r.Body); return string(b) }
	answer := func(out http.ResponseWriter, s string, err error) {
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(out, s)
	}
	mux.HandleFunc("/{$}", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/html")
		answer(out, page, nil)
	})
	mux.HandleFunc("/new", func(http.ResponseWriter, *http.Request) { l = w.leg() })
	mux.HandleFunc("/offer", func(out http.ResponseWriter, r *http.Request) {
		if r.FormValue("restart") != "" {
			l.restart()
		}
		answer(out, string(l.session.Offer(parseDir(r.FormValue("dir")))), nil)
	})
	mux.HandleFunc("/answer", func(out http.ResponseWriter, r *http.Request) { answer(out, "", l.accept(body(r))) })
	mux.HandleFunc("/take", func(out http.ResponseWriter, r *http.Request) {
		s, err := l.answer(body(r))
		answer(out, s, err)
	})
	mux.HandleFunc("/stat", func(out http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(out).Encode(map[string]any{"got": l.got.Load(), "events": l.events.Load(), "state": l.State().String()})
	})
	mux.HandleFunc("/report", func(_ http.ResponseWriter, r *http.Request) {
		var s seen
		if err := json.Unmarshal([]byte(body(r)), &s); err != nil {
			t.Error(err)
		}
		reports <- s
	})
	mux.HandleFunc("/failed", func(_ http.ResponseWriter, r *http.Request) { t.Error(body(r)) })
	mux.HandleFunc("/done", func(http.ResponseWriter, *http.Request) { close(done) })
	return mux
}
