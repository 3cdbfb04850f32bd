package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"

	"golang.org/x/crypto/argon2"
)

// fakeLogins keeps everything in maps.
type fakeLogins struct {
	mu       sync.Mutex
	hashes   map[string]string
	sessions map[string]fact.Session
	broken   error // what every method that waits answers
}

func (f *fakeLogins) PasswordHash(_ context.Context, user string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hashes[user], f.broken
}

func (f *fakeLogins) SetPasswordHash(_ context.Context, user, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hashes[user] = hash
	return f.broken
}

func (f *fakeLogins) AddSession(_ context.Context, s fact.Session) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken == nil {
		f.sessions[s.TokenHash] = s
	}
	return f.broken
}

func (f *fakeLogins) Session(_ context.Context, h string) (fact.Session, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.sessions[h]
	return s, ok, f.broken
}

func (f *fakeLogins) Sessions(_ context.Context, user string) ([]fact.Session, error) {
	return f.filter(func(s fact.Session) bool { return s.User == user }, false)
}

func (f *fakeLogins) RenewSession(h string, expires time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s, ok := f.sessions[h]; ok {
		s.Expires = expires
		f.sessions[h] = s
	}
}

func (f *fakeLogins) DeleteSession(_ context.Context, h string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken == nil {
		delete(f.sessions, h)
	}
	return f.broken
}

func (f *fakeLogins) DeleteSessionsOf(_ context.Context, user string) ([]fact.Session, error) {
	return f.filter(func(s fact.Session) bool { return s.User == user }, true)
}

func (f *fakeLogins) DeleteExpiredSessions(_ context.Context, now time.Time) ([]fact.Session, error) {
	return f.filter(func(s fact.Session) bool { return !now.Before(s.Expires) }, true)
}

func (f *fakeLogins) SessionUsers(context.Context) ([]string, error) {
	all, err := f.filter(func(fact.Session) bool { return true }, false)
	var users []string
	for _, s := range all {
		users = append(users, s.User)
	}
	slices.Sort(users)
	return slices.Compact(users), err
}

func (f *fakeLogins) filter(match func(fact.Session) bool, remove bool) (out []fact.Session, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for h, s := range f.sessions {
		if f.broken == nil && match(s) {
			out = append(out, s)
			if remove {
				delete(f.sessions, h)
			}
		}
	}
	return out, f.broken
}

// fakeCentre notes commands, and refuses them with refuse.
type fakeCentre struct {
	mu     sync.Mutex
	refuse error
	done   []string
	views  map[string][]chan fact.DeskView
}

func (f *fakeCentre) note(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = append(f.done, fmt.Sprintf(format, args...))
	return f.refuse
}

func (f *fakeCentre) commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.done)
}

func (f *fakeCentre) Watch(user string) (<-chan fact.DeskView, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan fact.DeskView, 1)
	ch <- fact.DeskView{Agent: fact.AgentView{User: user}}
	if f.views == nil {
		f.views = make(map[string][]chan fact.DeskView)
	}
	f.views[user] = append(f.views[user], ch)
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.views[user] = slices.DeleteFunc(f.views[user], func(c chan fact.DeskView) bool { return c == ch })
	}
}

func (f *fakeCentre) send(user string, v fact.DeskView) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, ch := range f.views[user] {
		ch <- v
	}
}

func (f *fakeCentre) watchers(user string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.views[user])
}

func (f *fakeCentre) SetStatus(user, status string) error {
	return f.note("status %s %s", user, status)
}
func (f *fakeCentre) ExtendWrapUp(user string) error    { return f.note("extend %s", user) }
func (f *fakeCentre) Hangup(user string) error          { return f.note("hangup %s", user) }
func (f *fakeCentre) PauseRecording(user string) error  { return f.note("pause %s", user) }
func (f *fakeCentre) ResumeRecording(user string) error { return f.note("unpause %s", user) }
func (f *fakeCentre) LoggedOut(user string)             { _ = f.note("logged-out %s", user) }
func (f *fakeCentre) Hold(user string) error            { return f.note("hold %s", user) }
func (f *fakeCentre) Resume(user string) error          { return f.note("resume %s", user) }
func (f *fakeCentre) SwitchParty(user string) error     { return f.note("switch %s", user) }
func (f *fakeCentre) BackToCaller(user string) error    { return f.note("back %s", user) }
func (f *fakeCentre) Complete(user string) error        { return f.note("complete %s", user) }
func (f *fakeCentre) ComeBack(user, phone string) error { return f.note("return %s %s", user, phone) }
func (f *fakeCentre) Merge(user string) error           { return f.note("merge %s", user) }
func (f *fakeCentre) Mute(user string, on bool) error {
	return f.note("mute %s %t", user, on)
}

func (f *fakeCentre) SendDigits(user, digits string) error {
	return f.note("digits %s %s", user, digits)
}

func (f *fakeCentre) Transfer(user string, to fact.Destination) error {
	return f.note("transfer %s %s%s%s", user, to.User, to.Queue, to.Number)
}

func (f *fakeCentre) Consult(user string, to fact.Destination) error {
	return f.note("consult %s %s%s%s", user, to.User, to.Queue, to.Number)
}

func (f *fakeCentre) AddParty(user string, to fact.Destination) error {
	return f.note("party %s %s%s%s", user, to.User, to.Queue, to.Number)
}

func (f *fakeCentre) DropParty(user string, leg fact.LegID) error {
	return f.note("drop %s %s", user, leg)
}

func (f *fakeCentre) Targets(user string) fact.Targets {
	return fact.Targets{Agents: []fact.AgentTarget{{User: "not-" + user}}, Queues: []fact.QueueTarget{}}
}

func (f *fakeCentre) Running() []fact.RunningCall {
	return []fact.RunningCall{{ID: "c1", Parties: []fact.PartyView{}}}
}

func (f *fakeCentre) Supervise(by string, call fact.CallID, how fact.Supervision) error {
	return f.note("supervise %s %s %s", by, call, how)
}

func (f *fakeCentre) Unsupervise(by string, call fact.CallID) error {
	return f.note("unsupervise %s %s", by, call)
}

func (f *fakeCentre) MoveCall(by string, call fact.CallID, queue string) error {
	return f.note("move %s %s %s", by, call, queue)
}

func (f *fakeCentre) SetStatusOf(by, user, status string) error {
	return f.note("status-of %s %s %s", by, user, status)
}

func (f *fakeCentre) LogOut(by, user string) error { return f.note("log-out %s %s", by, user) }

func (f *fakeCentre) FinishWrapUp(user string, r fact.WrapUpResult) error {
	if r.Notes == "panic" {
		var none *fact.CallView
		_ = none.Queue
	}
	return f.note("done %s %s %s %d", user, r.Disposition, r.Status, r.LineRating)
}

// fakePhones counts.
type fakePhones struct {
	mu      sync.Mutex
	n       int
	revoked []string
}

func (f *fakePhones) Grant(user string) fact.PhoneLogin {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	return fact.PhoneLogin{URI: "sip:" + user + "@x", AuthUser: fmt.Sprintf("%s.%d", user, f.n), Password: "secret", Realm: "x"}
}

func (f *fakePhones) Revoke(authUser string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.revoked = append(f.revoked, authUser)
}

func (f *fakePhones) gone() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.revoked)
}

// oneAtATime is a Heavy made of a channel, so that bubbles can wait for it.
type oneAtATime chan struct{}

func (h oneAtATime) Acquire(ctx context.Context, _ int64) error {
	select {
	case h <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h oneAtATime) Release(int64) { <-h }

// pipeListener hands out the server's ends of in-memory connections.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

// pipeConn says where it comes from.
type pipeConn struct {
	net.Conn
	from net.Addr
}

func (c pipeConn) RemoteAddr() net.Addr { return c.from }

// lab is a server with fakes around it, reached over in-memory connections.
type lab struct {
	t      *testing.T
	server *Server
	logins *fakeLogins
	centre *fakeCentre
	ops    *fakeOperations
	alarms *fakeAlarms
	box    *fakeVoicemails
	trail  *fakeTrail
	tokens *fakeTokens
	phones *fakePhones
	heavy  oneAtATime
	log    *logBuffer
	from   string // the address that requests come from
	ln     *pipeListener

	mu       sync.Mutex
	cfg      *config.Config
	draining bool
}

const password = "correct horse"

// cheapHash is a hash with cheap parameters: most tests are about the rest.
func cheapHash(password string) string {
	salt := make([]byte, saltBytes)
	key := argon2.IDKey([]byte(password), salt, 1, 8, 1, keyBytes)
	return "$argon2id$v=19$m=8,t=1,p=1$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key)
}

func newConfig() *config.Config {
	return &config.Config{
		TLS: config.TLS{Off: true}, Company: config.Company{Name: "Example Ltd", Statuses: []config.StatusName{{Name: "lunch", As: "away"}}},
		Users: map[string]*config.User{
			"aiko": {Login: "aiko", Name: "Aiko Sato", Role: "agent", Agent: true},
			"ben":  {Login: "ben", Name: "Ben Okri", Role: "agent", Agent: true},
			"dana": {Login: "dana", Name: "Dana Kim", Role: "supervisor", Agent: true},
			"root": {Login: "root", Name: "Operator", Role: "admin"},
		},
	}
}

func newLab(t *testing.T, change func(*Options)) *lab {
	t.Helper()
	hash := cheapHash(password)
	l := &lab{
		t: t, cfg: newConfig(), centre: &fakeCentre{}, ops: newFakeOperations(), alarms: &fakeAlarms{}, box: &fakeVoicemails{}, phones: &fakePhones{}, heavy: make(oneAtATime, 1), log: &logBuffer{},
		trail: &fakeTrail{}, tokens: &fakeTokens{},
		from: "192.0.2.7", ln: &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})},
		logins: &fakeLogins{sessions: map[string]fact.Session{}, hashes: map[string]string{
			"aiko": hash, "ben": hash, "dana": hash, "root": hash, "removed": hash,
		}},
	}
	opt := Options{
		Config: l.config, Logins: l.logins, Centre: l.centre, Operations: l.ops, Alarms: l.alarms, Books: &fakeBooks{}, Voicemails: l.box, Callbacks: &fakeCallbacks{}, Recordings: &fakeRecordings{}, Persons: &fakePersons{}, Phones: l.phones, Heavy: l.heavy,
		Trail: l.trail, Tokens: l.tokens,
		Figures: func() Figures { return Figures{} },
		Draining: func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.draining
		},
		Pages: fstest.MapFS{"index.html": {Data: []byte("<html>desk</html>")}, "assets/a-1.js": {Data: bytes.Repeat([]byte("let a;"), 500)}},
		Log:   slog.New(slog.NewTextHandler(l.log, nil)),
	}
	if change != nil {
		change(&opt)
	}
	var err error
	if l.server, err = New(opt); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lab) config() *config.Config {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cfg
}

// serve runs the server until the end of the test.
func (l *lab) serve() (stop func()) {
	l.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.server.serve(ctx, l.ln) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				l.t.Errorf("serve: %v", err)
			}
		})
	}
	l.t.Cleanup(stop)
	return stop
}

// client has its own cookies, but no jar: the tests look at them.
type client struct {
	l      *lab
	http   *http.Client
	cookie string
	bearer string // a program's token
}

func (l *lab) client() *client {
	dial := func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		from := &net.TCPAddr{IP: net.ParseIP(l.from), Port: 4711}
		select {
		case l.ln.conns <- pipeConn{theirs, from}:
			return ours, nil
		case <-l.ln.closed:
			return nil, errors.New("refused")
		}
	}
	transport := &http.Transport{DialContext: dial, DisableKeepAlives: true, DisableCompression: true}
	return &client{l: l, http: &http.Client{Transport: transport}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) problem(t *testing.T) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("not a problem: %s %q", a.header.Get("Content-Type"), a.body)
	}
	return p
}

func (c *client) do(method, path, body string, headers ...string) answer {
	c.l.t.Helper()
	req, err := http.NewRequest(method, "http://desk.example"+path, strings.NewReader(body))
	if err != nil {
		c.l.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	if c.cookie != "" {
		req.Header.Set("Cookie", c.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.l.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.l.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// login logs in and keeps the cookie.
func (c *client) login(user, pw string) answer {
	c.l.t.Helper()
	body, _ := json.Marshal(map[string]string{"user": user, "password": pw})
	a := c.do("POST", "/api/login", string(body))
	if set := a.header.Get("Set-Cookie"); a.status == http.StatusOK {
		c.cookie, _, _ = strings.Cut(set, ";")
	}
	return a
}

// loggedIn is a client that has logged in.
func (l *lab) loggedIn(user string) *client {
	l.t.Helper()
	c := l.client()
	if a := c.login(user, password); a.status != http.StatusOK {
		l.t.Fatalf("login of %s: %d %s", user, a.status, a.body)
	}
	return c
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
