package hook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

const secret = "0123456789abcdef"

// box keeps events in memory.
type box struct {
	mu     sync.Mutex
	events map[string][]fact.HookEvent
	kept   []string
	news   chan struct{}
}

func newBox() *box { return &box{events: map[string][]fact.HookEvent{}, news: make(chan struct{}, 1)} }

func (b *box) add(hook string, events ...fact.HookEvent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events[hook] = append(b.events[hook], events...)
	select {
	case b.news <- struct{}{}:
	default:
	}
}

func (b *box) Hooked() <-chan struct{} { return b.news }

func (b *box) NextHookEvent(_ context.Context, hook string) (fact.HookEvent, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if all := b.events[hook]; len(all) > 0 {
		return all[0], true, nil
	}
	return fact.HookEvent{}, false, nil
}

func (b *box) HookEventDone(_ context.Context, id int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for hook, all := range b.events {
		b.events[hook] = slices.DeleteFunc(all, func(e fact.HookEvent) bool { return e.ID == id })
	}
	return nil
}

func (b *box) ForgetHooks(_ context.Context, but []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = but
	return nil
}

func (b *box) left(hook string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events[hook])
}

// far is a webhook's program, without a network: bubbles have none.
type far struct {
	mu     sync.Mutex
	status func(try int) int
	got    []string
	at     []time.Duration // since the start
	began  time.Time
}

func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	f.at = append(f.at, time.Since(f.began))
	status := 200
	if f.status != nil {
		status = f.status(len(f.at))
	}
	if status == 0 {
		return nil, fmt.Errorf("connection refused")
	}
	if want := Sign(secret, time.Now(), body); r.Header.Get("Mediasrv-Signature") != want {
		return nil, fmt.Errorf("the signature is %s, want %s", r.Header.Get("Mediasrv-Signature"), want)
	}
	if status == 200 {
		f.got = append(f.got, r.Header.Get("Mediasrv-Event")+" "+r.Header.Get("Mediasrv-Delivery"))
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader("ok")), Header: http.Header{}, Request: r}, nil
}

func (f *far) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// inTelling runs a teller with two webhooks, of which the second is another program, in a bubble.
func inTelling(t *testing.T, one *far, do func(b *box, teller *Teller, two *far)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b, two := newBox(), &far{began: time.Now()}
		one.began = time.Now()
		hooks := map[string]*config.Webhook{
			"one": {Name: "one", URL: "https://one.example/hook?key=s3cret", Secret: secret, GiveUp: time.Hour},
			"two": {Name: "two", URL: "https://two.example/hook", Secret: secret, GiveUp: time.Hour},
		}
		var log strings.Builder
		teller := New(func() map[string]*config.Webhook { return hooks }, b, slog.New(slog.NewTextHandler(&log, nil)))
		teller.public.Transport = hosts{"one.example": one, "two.example": two}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- teller.Run(ctx) }()
		synctest.Wait()
		do(b, teller, two)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if strings.Contains(log.String(), "s3cret") || strings.Contains(log.String(), secret) {
			t.Errorf("the log tells a secret: %s", log.String())
		}
		if !slices.Equal(b.kept, []string{"one", "two"}) {
			t.Errorf("the events of %v were kept", b.kept)
		}
	})
}

type hosts map[string]http.RoundTripper

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) { return h[r.URL.Host].RoundTrip(r) }

func event(id int64, kind fact.EventKind) fact.HookEvent {
	return fact.HookEvent{ID: id, Kind: kind, At: time.Now(), Call: "k1"}
}

func TestTellsInOrder(t *testing.T) {
	one := &far{}
	inTelling(t, one, func(b *box, teller *Teller, two *far) {
		b.add("one", event(1, fact.Offered), event(2, fact.AgentAnswered), event(4, fact.CallEnded))
		b.add("two", event(3, fact.Offered))
		synctest.Wait()
		if got := one.heard(); !slices.Equal(got, []string{"offered 1", "agent-answered 2", "call-ended 4"}) {
			t.Errorf("one was told %v", got)
		}
		if got := two.heard(); !slices.Equal(got, []string{"offered 3"}) || two.at[0] > 0 {
			t.Errorf("two was told %v after %v", got, two.at)
		}
		if got := teller.Counts(); !slices.Equal(got, []Count{{Hook: "one", Told: 3}, {Hook: "two", Told: 1}}) {
			t.Errorf("%+v", got)
		}
	})
}

// One that fails is tried again, later each time, in order; the other one doesn't wait for it.
func TestTriesAgain(t *testing.T) {
	one := &far{status: func(try int) int { return []int{0, 500, 302, 404, 200}[min(try-1, 4)] }}
	inTelling(t, one, func(b *box, teller *Teller, two *far) {
		b.add("one", event(1, fact.Offered), event(2, fact.CallEnded))
		b.add("two", event(3, fact.Offered))
		synctest.Wait()
		if got := two.heard(); !slices.Equal(got, []string{"offered 3"}) {
			t.Errorf("two was told %v", got)
		}
		time.Sleep(time.Minute)
		if got := one.heard(); !slices.Equal(got, []string{"offered 1", "call-ended 2"}) {
			t.Errorf("one was told %v", got)
		}
		for i, want := range []time.Duration{0, 1, 3, 7, 15, 15} {
			if got := one.at[i]; got < want*time.Second || got > (want+2)*time.Second {
				t.Errorf("try %d was after %v, want %d s", i+1, got, want)
			}
		}
		if got := teller.Counts()[0]; got != (Count{Hook: "one", Told: 2, Failures: 4}) {
			t.Errorf("%+v", got)
		}
	})
}

// What could not be told for too long is dropped; what came later is told.
func TestGivesUp(t *testing.T) {
	down := true
	one := &far{status: func(int) int { return map[bool]int{true: 503, false: 200}[down] }}
	inTelling(t, one, func(b *box, teller *Teller, _ *far) {
		b.add("one", event(1, fact.Offered))
		time.Sleep(50 * time.Minute)
		b.add("one", event(2, fact.CallEnded))
		time.Sleep(20 * time.Minute)
		one.mu.Lock()
		down = false
		one.mu.Unlock()
		time.Sleep(10 * time.Minute)
		if got := one.heard(); !slices.Equal(got, []string{"call-ended 2"}) || b.left("one") != 0 {
			t.Errorf("was told %v, %d are left", got, b.left("one"))
		}
		if got := teller.Counts()[0]; got.Told != 1 || got.Dropped != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestPublicAddressesOnly(t *testing.T) {
	for text, ok := range map[string]bool{
		"192.0.2.1": true, "203.0.113.9": true, "2001:db8::1": true, "127.0.0.1": false, "::1": false, "10.0.0.1": false, "192.168.1.1": false,
		"172.16.0.1": false, "169.254.169.254": false, "fe80::1": false, "fd00::1": false, "100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if err := public(netip.MustParseAddr(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
	told := ""
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told = string(body)
	}))
	defer far.Close()
	teller := New(nil, newBox(), slog.New(slog.DiscardHandler))
	h := &config.Webhook{Name: "one", URL: strings.Replace(far.URL, "127.0.0.1", "localhost", 1), Secret: secret}
	if err := teller.tell(t.Context(), h, event(1, fact.Offered), time.Now()); err == nil || !strings.Contains(err.Error(), "private") || told != "" {
		t.Errorf("a name of this machine: %v, told %q", err, told)
	}
	h.Private = true
	if err := teller.tell(t.Context(), h, event(1, fact.Offered), time.Now()); err != nil || !json.Valid([]byte(told)) || !strings.Contains(told, `"event":"offered"`) {
		t.Errorf("where it may be: %v, told %q", err, told)
	}
}

func TestSign(t *testing.T) {
	// as `printf '1700000000.{}' | openssl dgst -sha256 -hmac key-of-16-letter` says
	const want = "t=1700000000,v1=e08e0a6f4e3fdaff3bd727d3571e69dc49d87c1730eb378cfdc9cbe1d8812584"
	if got := Sign("key-of-16-letter", time.Unix(1700000000, 0), []byte("{}")); got != want {
		t.Error(got)
	}
}
