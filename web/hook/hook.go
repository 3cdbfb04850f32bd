// Package hook tells webhooks, programs of the company's own, what happens in calls.
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

const (
	tellTime  = 10 * time.Second // for a whole request
	firstWait = time.Second      // after a failure; then twice as long each time
	lastWait  = 5 * time.Minute
	lookEvery = time.Second // for what is due again
	maxAnswer = 4 << 10     // bytes that are read, so that the connection can be used again
)

// Box keeps the events until they are told. Its methods may wait for the disk as long as ctx allows.
type Box interface {
	// Hooked has a token after new events came.
	Hooked() <-chan struct{}
	// NextHookEvent is the oldest of a webhook; false: there is none.
	NextHookEvent(ctx context.Context, hook string) (fact.HookEvent, bool, error)
	HookEventDone(ctx context.Context, id int64) error
	// ForgetHooks forgets the events of all webhooks but these.
	ForgetHooks(ctx context.Context, but []string) error
}

// Count is how a webhook has been doing since the start.
type Count struct {
	Hook     string
	Told     uint64
	Failures uint64 // tries
	Dropped  uint64 // events that were given up
}

// Teller tells webhooks. Each has its own pace: one that is down keeps none of the others waiting.
type Teller struct {
	hooks  func() map[string]*config.Webhook // of the file as it is now
	box    Box
	log    *slog.Logger
	public http.Client // reaches public addresses only
	all    http.Client

	mu    sync.Mutex
	state map[string]*state
}

// state of a webhook, guarded by mu.
type state struct {
	busy  bool
	wait  time.Duration // after the next failure
	due   time.Time     // when it is tried again; zero: it isn't failing
	count Count
}

// New makes a teller; it starts nothing.
func New(hooks func() map[string]*config.Webhook, box Box, log *slog.Logger) *Teller {
	client := func(allowed func(netip.Addr) error) http.Client {
		dialer := &net.Dialer{Timeout: tellTime, Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("hook: %w", err)
			}
			return allowed(at.Addr().Unmap())
		}}
		// No proxy: it would reach what we must not. No redirection: it leads where nobody has looked.
		return http.Client{
			Timeout: tellTime, Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: tellTime, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return &Teller{
		hooks: hooks, box: box, log: log, state: map[string]*state{},
		public: client(public), all: client(func(netip.Addr) error { return nil }),
	}
}

// ErrPrivate means that a webhook's name leads to an address that is not public.
var ErrPrivate = errors.New("hook: its address is a private one: set private: true if that is meant")

// shared is the address space of carriers' NAT (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10") //nolint:gochecknoglobals // constant

// public refuses addresses of this machine and of inner networks, whatever name has led to them.
func public(a netip.Addr) error {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || shared.Contains(a) {
		return ErrPrivate
	}
	return nil
}

// Run tells webhooks until ctx ends. It blocks.
func (t *Teller) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	known := ""
	for {
		hooks := t.hooks()
		names := slices.Sorted(maps.Keys(hooks))
		if now := fmt.Sprint(names); now != known { // at the start, and when a reload has changed them
			if err := t.box.ForgetHooks(ctx, names); err == nil {
				known = now
			}
		}
		for _, name := range names {
			if t.begin(name, time.Now()) {
				all.Go(func() { t.serve(ctx, hooks[name]) })
			}
		}
		select {
		case <-t.box.Hooked():
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// begin says that a webhook is to be served now.
func (t *Teller) begin(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.state[name]
	if s == nil {
		s = &state{wait: firstWait, count: Count{Hook: name}}
		t.state[name] = s
	}
	if s.busy || now.Before(s.due) {
		return false
	}
	s.busy = true
	return true
}

// serve tells a webhook all that it waits for, up to a failure.
func (t *Teller) serve(ctx context.Context, h *config.Webhook) {
	for t.next(ctx, h) {
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state[h.Name].busy = false
}

// next tells a webhook one thing; false: there is nothing, or it has failed.
func (t *Teller) next(ctx context.Context, h *config.Webhook) bool {
	e, ok, err := t.box.NextHookEvent(ctx, h.Name)
	if err != nil || !ok {
		if err != nil && ctx.Err() == nil {
			t.log.Error("events for a webhook can't be read", "webhook", h.Name, "error", err)
		}
		return false
	}
	if old := time.Since(e.At); old > h.GiveUp {
		t.log.Error("a webhook was not told of an event: it has not answered for too long", "webhook", h.Name, "event", string(e.Kind), "call", e.Call, "after", old)
		return t.done(ctx, h, e, func(c *Count) { c.Dropped++ })
	}
	if err := t.tell(ctx, h, e, time.Now()); err != nil {
		if ctx.Err() == nil {
			t.failed(h, err)
		}
		return false
	}
	return t.done(ctx, h, e, func(c *Count) { c.Told++ })
}

// done forgets an event. If that fails it is told again: webhooks know by its id.
func (t *Teller) done(ctx context.Context, h *config.Webhook, e fact.HookEvent, count func(*Count)) bool {
	err := t.box.HookEventDone(ctx, e.ID)
	if err != nil && ctx.Err() == nil {
		t.log.Error("a webhook's event can't be forgotten: it will be told again", "webhook", h.Name, "error", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.state[h.Name]
	s.wait, s.due = firstWait, time.Time{}
	if err != nil {
		s.due = time.Now().Add(firstWait)
		return false
	}
	count(&s.count)
	return true
}

func (t *Teller) failed(h *config.Webhook, err error) {
	t.mu.Lock()
	s := t.state[h.Name]
	first, wait := s.due.IsZero(), s.wait
	s.count.Failures++
	s.due, s.wait = time.Now().Add(wait), min(2*wait, lastWait)
	t.mu.Unlock()
	if first {
		t.log.Warn("a webhook can't be told; it is tried again and again", "webhook", h.Name, "error", err)
	}
}

// tell sends an event. An error never has the address in it, which may have a secret in its query.
func (t *Teller) tell(ctx context.Context, h *config.Webhook, e fact.HookEvent, now time.Time) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("hook: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("hook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "mediasrv")
	req.Header.Set("Mediasrv-Event", string(e.Kind))
	req.Header.Set("Mediasrv-Delivery", strconv.FormatInt(e.ID, 10))
	req.Header.Set("Mediasrv-Signature", Sign(h.Secret, now, body))
	client := &t.public
	if h.Private {
		client = &t.all
	}
	res, err := client.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("hook: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, maxAnswer) // what it says is of no interest
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("hook: it answers %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	return nil
}

// Sign is the signature of what is sent: t=SECONDS,v1=HEX, the HMAC-SHA-256 of "SECONDS.BODY". The time keeps others from sending an old one again.
func Sign(secret string, now time.Time, body []byte) string {
	seconds := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Counts are those of all webhooks that were ever served, by name.
func (t *Teller) Counts() []Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []Count
	for _, name := range slices.Sorted(maps.Keys(t.state)) {
		all = append(all, t.state[name].count)
	}
	return all
}
