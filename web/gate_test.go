package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mediasrv/routing/fact"
)

func TestSecurityHeaders(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		for _, path := range []string{"/", "/assets/a-1.js", "/api/me", "/api/none", "/healthz", "/none.png"} {
			h := l.client().do("GET", path, "").header
			csp := h.Get("Content-Security-Policy")
			for _, part := range []string{
				"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;", "media-src 'self' blob:",
				"connect-src 'self' wss://desk.example ws://desk.example;", "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			} {
				if !strings.Contains(csp, part) {
					t.Errorf("%s: the policy %q lacks %q", path, csp, part)
				}
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
				!strings.Contains(h.Get("Permissions-Policy"), "microphone=(self)") {
				t.Errorf("%s: headers %v", path, h)
			}
		}
	})
}

func TestPolicyTakesNoStrangeHost(t *testing.T) {
	for host, want := range map[string]bool{
		"a.example:8443": true, "[::1]:8443": true, "": false, "a; script-src *": false, "a'": false, "a,b": false, strings.Repeat("a", 300): false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		if got := strings.Contains(policy(r), "wss://"); got != want {
			t.Errorf("%q in the policy: %v", host, got)
		}
	}
}

func TestCrossSitePostsAreRefused(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		for _, h := range [][]string{{"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
			for _, path := range []string{"/api/me/hangup", "/api/login", "/api/logout", "/"} {
				if a := c.do("POST", path, "", h...); a.status != 403 || a.problem(t).Detail == "" {
					t.Errorf("%s with %v: %d", path, h, a.status)
				}
			}
		}
		for _, h := range [][]string{{"Origin", "http://desk.example"}, {"Sec-Fetch-Site", "same-origin"}, nil} {
			if a := c.do("POST", "/api/me/hangup", "", h...); a.status != 204 {
				t.Errorf("with %v: %d", h, a.status)
			}
		}
	})
}

func TestMetricsForProgramsOnThisHost(t *testing.T) {
	longest := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Minute)
	change := func(o *Options) {
		o.Figures = func() Figures {
			return Figures{
				Calls: 3, Queues: []fact.QueueView{{Name: "support", Waiting: 2, Longest: &longest}, {Name: "sales"}},
				Agents: []fact.AgentView{
					{Status: "available", Activity: "idle", Phone: true}, {Status: "available", Activity: "idle"}, {Status: "away", Activity: "idle"},
				},
				MediaLateTicks: 4, MediaLateness: 7500 * time.Microsecond, MediaDrops: map[string]uint64{"jitter": 5}, JournalDepth: 6, NoPorts: 11, Ports: map[string]int{"free": 12}, OneWays: 9, OneWaysNow: 2, JournalDropped: 7, JournalErrors: 8,
				Since: []QueueCounts{{
					Queue: "support", Offered: 21, Closed: 22, Ended: map[string]uint64{"answered": 17, "abandoned": 3},
					Wait:   Histogram{Bounds: []float64{20}, Counts: []uint64{10, 7}, Sum: 300},
					GaveUp: Histogram{Bounds: []float64{20}, Counts: []uint64{1, 2}, Sum: 90}, Handling: Histogram{Bounds: []float64{60}, Counts: []uint64{9, 8}, Sum: 900},
				}},
				Signalling: Signalling{Banned: 11, Bans: 12, FailedLogins: 13, Dropped: 14, Refused: 15, Connections: 16},
			}
		}
	}
	lines := func() []Line {
		way := func(n uint64) Direction {
			h := Histogram{Bounds: []float64{1, 4}, Counts: []uint64{n, 2, 3}, Sum: 20.5}
			return Direction{MOS: h, Loss: h, Jitter: h}
		}
		return []Line{
			{Trunk: "carrier", Received: way(1), Sent: way(10), RoundTrip: way(7).MOS, Late: 4, Discarded: 5, Concealed: 100},
			{Received: way(0), Sent: way(0), RoundTrip: way(0).MOS},
		}
	}
	all := func(o *Options) { change(o); o.Lines = lines }
	inBubble(t, all, func(l *lab) {
		t := l.t
		l.from = "127.0.0.1"
		a := l.client().do("GET", "/metrics", "", "Host", "localhost:8443")
		for _, line := range []string{
			"mediasrv_calls 3", `mediasrv_queue_waiting{queue="support"} 2`, `mediasrv_queue_waiting{queue="sales"} 0`,
			`mediasrv_queue_longest_wait_seconds{queue="support"} 60`, `mediasrv_agents{activity="idle",status="available"} 2`,
			`mediasrv_queue_offered_total{queue="support"} 21`, `mediasrv_queue_closed_total{queue="support"} 22`,
			`mediasrv_queue_ended_total{outcome="abandoned",queue="support"} 3`, `mediasrv_queue_wait_seconds_bucket{outcome="answered",queue="support",le="20"} 10`,
			`mediasrv_queue_wait_seconds_count{outcome="abandoned",queue="support"} 3`, `mediasrv_queue_handling_seconds_sum{queue="support"} 900`,
			"mediasrv_agents_with_phone 1", "mediasrv_media_late_ticks_total 4", "mediasrv_media_lateness_seconds 0.0075", `mediasrv_media_dropped_total{reason="jitter"} 5`,
			"mediasrv_media_one_way_total 9", "mediasrv_media_one_way_legs 2",
			"mediasrv_media_no_port_total 11", `mediasrv_media_ports{state="free"} 12`,
			`mediasrv_line_mos_bucket{direction="received",trunk="carrier",le="1"} 1`, `mediasrv_line_mos_bucket{direction="received",trunk="carrier",le="4"} 3`,
			`mediasrv_line_mos_bucket{direction="received",trunk="carrier",le="+Inf"} 6`, `mediasrv_line_mos_sum{direction="received",trunk="carrier"} 20.5`,
			`mediasrv_line_loss_ratio_count{direction="sent",trunk="carrier"} 15`, `mediasrv_line_jitter_seconds_count{direction="sent",trunk=""} 5`,
			`mediasrv_line_round_trip_seconds_count{trunk="carrier"} 12`, `mediasrv_line_late_packets_total{trunk="carrier"} 4`,
			`mediasrv_line_discarded_packets_total{trunk="carrier"} 5`, `mediasrv_line_concealed_seconds_total{trunk="carrier"} 2`,
			"mediasrv_sip_banned_addresses 11", "mediasrv_sip_bans_total 12", "mediasrv_sip_failed_logins_total 13", "mediasrv_sip_dropped_total 14",
			"mediasrv_sip_refused_calls_total 15", "mediasrv_sip_connections 16",
			"mediasrv_store_pending_records 6", "mediasrv_store_dropped_records_total 7", "mediasrv_store_commit_errors_total 8",
			`mediasrv_web_logins_total{result="wrong"} 0`, "mediasrv_web_sockets 0", "mediasrv_web_panics_total 0",
		} {
			if !strings.Contains(a.body, "\n"+line+"\n") {
				t.Errorf("no line %q", line)
			}
		}
		for name, h := range map[string][]string{
			"a proxy":               {"Host", "localhost", "X-Forwarded-For", "192.0.2.1"},
			"another site's name":   {"Host", "evil.example"},
			"another proxy's words": {"Host", "localhost", "Forwarded", "for=192.0.2.1"},
		} {
			if a := l.client().do("GET", "/metrics", "", h...); a.status != 401 {
				t.Errorf("%s: %d", name, a.status)
			}
		}
	})
}

func TestHealth(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		if a := l.client().do("GET", "/healthz", ""); a.status != 200 || a.body != "ok\n" {
			t.Errorf("%d %q", a.status, a.body)
		}
		l.mu.Lock()
		l.draining = true
		l.mu.Unlock()
		if a := l.client().do("GET", "/healthz", ""); a.status != 503 {
			t.Errorf("draining: %d", a.status)
		}
	})
}

func TestBehindAProxy(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		l.from = "127.0.0.1"
		body := `{"user":"aiko","password":"` + password + `"}`
		a := l.client().do("POST", "/api/login", body, "X-Forwarded-Proto", "https", "X-Forwarded-For", "10.0.0.1, 192.0.2.9")
		if set := a.header.Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-mediasrv=") || !strings.Contains(set, "Secure") {
			t.Errorf("cookie behind a TLS proxy: %q", set)
		}
		if !strings.Contains(l.log.String(), "from=192.0.2.9") {
			t.Errorf("the client's address is not the one that the proxy saw: %s", l.log)
		}
		l.from = "192.0.2.7"
		a = l.client().do("POST", "/api/login", body, "X-Forwarded-Proto", "https", "X-Forwarded-For", "192.0.2.99")
		if set := a.header.Get("Set-Cookie"); strings.HasPrefix(set, "__Host-") || strings.Contains(l.log.String(), "192.0.2.99") {
			t.Errorf("a stranger's headers were believed: %q", set)
		}
	})
}

func TestPages(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		tests := []struct {
			method, path string
			status       int
			kind, cache  string
		}{
			{"GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
			{"GET", "/index.html", 200, "text/html; charset=utf-8", "no-cache"},
			{"GET", "/calls/today", 200, "text/html; charset=utf-8", "no-cache"},
			{"HEAD", "/", 200, "text/html; charset=utf-8", "no-cache"},
			{"GET", "/assets/a-1.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
			{"GET", "/assets/old", 404, "application/problem+json", ""},
			{"GET", "/favicon.ico", 404, "application/problem+json", ""},
			{"GET", "/api/none", 404, "application/problem+json", "no-store"},
			{"DELETE", "/api/login", 404, "application/problem+json", "no-store"},
			{"POST", "/", 405, "application/problem+json", ""},
			{"GET", "/assets/../../../etc/passwd", 200, "text/html; charset=utf-8", "no-cache"},
		}
		for _, tt := range tests {
			a := l.client().do(tt.method, tt.path, "")
			if a.status == http.StatusOK && tt.path == "/calls/today" && !strings.Contains(a.body, "desk") {
				t.Errorf("%s: %q", tt.path, a.body)
			}
			if a.status != tt.status || a.header.Get("Content-Type") != tt.kind || a.header.Get("Cache-Control") != tt.cache {
				t.Errorf("%s %s: %d %q %q", tt.method, tt.path, a.status, a.header.Get("Content-Type"), a.header.Get("Cache-Control"))
			}
		}
		plain := l.client().do("GET", "/assets/a-1.js", "")
		zipped := l.client().do("GET", "/assets/a-1.js", "", "Accept-Encoding", "br, gzip")
		if zipped.header.Get("Content-Encoding") != "gzip" || len(zipped.body) >= len(plain.body) {
			t.Errorf("%q, %d of %d bytes", zipped.header.Get("Content-Encoding"), len(zipped.body), len(plain.body))
		}
		if r, err := gzip.NewReader(strings.NewReader(zipped.body)); err != nil {
			t.Error(err)
		} else if text, err := io.ReadAll(r); err != nil || string(text) != plain.body {
			t.Errorf("unzipped: %d of %d bytes, %v", len(text), len(plain.body), err)
		}
		if a := l.client().do("GET", "/assets/a-1.js", "", "Accept-Encoding", "gzip;q=0"); a.header.Get("Content-Encoding") != "" {
			t.Error("gzip was sent although it was refused")
		}
		if a := l.client().do("GET", "/", "", "If-None-Match", l.client().do("GET", "/", "").header.Get("ETag")); a.status != 304 {
			t.Errorf("known already: %d", a.status)
		}
	})
}

func TestPagesThatWereNotBuilt(t *testing.T) {
	p, err := loadPages(fstest.MapFS{".keep": {}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "make") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// throttleWorld is a moment and two strangers.
func throttleWorld() (now time.Time, a, b netip.Addr) {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
}

func TestThrottleManyAtOnceGainNothing(t *testing.T) {
	now, a, _ := throttleWorld()
	var th throttle
	allowed := 0
	for range 100 {
		if th.attempt("u", a, now) == 0 {
			allowed++
		}
	}
	if allowed != freeFailures {
		t.Errorf("%d were allowed", allowed)
	}
}

func TestThrottleSlowsDownASprayOverManyUsers(t *testing.T) {
	now, a, _ := throttleWorld()
	var th throttle
	allowed := 0
	for i := range 1000 {
		if th.attempt(strings.Repeat("u", i), a, now) == 0 {
			allowed++
		}
	}
	if allowed != freeFailuresAll {
		t.Errorf("%d were allowed", allowed)
	}
}

func TestThrottleTakesANetworkForOne(t *testing.T) {
	now, _, b := throttleWorld()
	var th throttle
	for range 20 {
		for wait := th.attempt("u", b, now); wait > 0; wait = th.attempt("u", b, now) {
			now = now.Add(wait)
		}
	}
	if wait := th.attempt("u", netip.MustParseAddr("2001:db8::2"), now); wait != longestDelay {
		t.Errorf("wait %v", wait)
	}
	if wait := th.attempt("u", b, now.Add(longestDelay+forgetAfter)); wait != 0 {
		t.Errorf("an hour later: %v", wait)
	}
}

func TestThrottleIsBounded(t *testing.T) {
	now, _, _ := throttleWorld()
	var th throttle
	addr := netip.MustParseAddr("10.0.0.0")
	for range maxThrottled {
		now = now.Add(time.Millisecond)
		th.attempt("u", addr, now)
		addr = addr.Next()
	}
	if len(th.table) > maxThrottled {
		t.Errorf("%d entries", len(th.table))
	}
	if th.attempt("u", netip.Addr{}, now) != 0 {
		t.Error("an unknown address is refused at once")
	}
}

func TestThrottleVoid(t *testing.T) {
	now, a, _ := throttleWorld()
	var th throttle
	for range 100 {
		if th.attempt("u", a, now) != 0 {
			t.Fatal("refused")
		}
		th.void("u", a)
	}
	if len(th.table) != 0 {
		t.Errorf("table %v", th.table)
	}
}
