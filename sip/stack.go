package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/digest"
	"mediasrv/sip/registrar"
	"mediasrv/sip/resolve"
	"mediasrv/sip/secure"
	"mediasrv/sip/transaction"
	"mediasrv/sip/trunk"
)

// farewell bounds how long Run waits for peers to answer BYE and CANCEL.
const farewell = 5 * time.Second

// Stack is the SIP side of the server.
type Stack struct {
	current   atomic.Pointer[config.Config] // see file
	handler   Handler
	log       *slog.Logger
	public    netip.Addr
	table     *transaction.Table
	listeners []*transaction.Listener
	verifier  *digest.Verifier
	trunks    *trunk.Set
	secrets   secrets
	links     uplinks
	knocks    bool // the listeners are sockets of the system
	phones    *registrar.Registrar
	open      func(log *slog.Logger) (routing.Room, error)
	meters    meters
	guard     *guard
	refusals  atomic.Uint64 // calls that a limit refused
	draining  atomic.Bool

	mu       sync.Mutex
	legs     map[string]*Leg // by Call-ID and local tag
	browsers map[*browser]struct{}
	closed   bool
	idle     chan struct{} // closed and made again whenever a leg goes
	serving  sync.WaitGroup
}

// New makes a stack and binds its listeners, so that a port in use is known at once; it serves nothing before Run.
func New(cfg Config) (*Stack, error) {
	file := cfg.File
	if file == nil {
		file = &config.Config{}
	}
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Stack{
		handler: cfg.Handler, log: log, public: file.PublicAddress, verifier: digest.NewVerifier(realm),
		trunks: trunk.New(file, realm), legs: map[string]*Leg{}, browsers: map[*browser]struct{}{}, idle: make(chan struct{}),
	}
	s.current.Store(file)
	if cfg.Media != nil {
		s.open = func(log *slog.Logger) (routing.Room, error) { return cfg.Media.Open(log) }
	}
	s.guard = newGuard(file.Ban)
	s.phones = registrar.New(file.Users, s.verifier, s.reachable, s, log)
	s.table = transaction.New(s, log)
	certificates, err := secure.New(file, log)
	if err != nil {
		return nil, err
	}
	s.secrets.Store(certificates)
	if err := s.listen(cfg); err != nil {
		for _, l := range s.listeners {
			l.Close()
		}
		return nil, err
	}
	ask := cfg.Names
	if ask == nil {
		ask = &resolve.Client{Servers: file.Nameservers}
	}
	s.uplink(ask)
	return s, nil
}

func (s *Stack) reachable(user string, phones int) {
	s.log.Info("phones of user", "user", user, "phones", phones)
	if s.handler != nil {
		s.handler.Reachable(user, phones)
	}
}

// Run serves until ctx ends; then it ends what is left (BYE, CANCEL, a refusal) within a bound, and closes the listeners. It is called once.
func (s *Stack) Run(ctx context.Context) error {
	failed := make(chan error, len(s.listeners))
	for _, l := range s.listeners {
		s.serving.Go(func() {
			err := l.Serve()
			if err == nil {
				err = fmt.Errorf("sip: %s %s: %w", l.Transport(), l.Addr(), net.ErrClosed)
			}
			failed <- err
		})
	}
	names, stop := context.WithCancel(ctx)
	defer stop()
	s.serving.Go(func() {
		s.links.cache.Run(names)
	})
	s.serving.Go(func() { s.renew(names) })
	links, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	left := make(chan struct{})
	go func() {
		s.links.run(links)
		close(left)
	}()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		s.log.Error("sip: a listener failed", "err", err)
	}
	stop()
	s.Drain()
	s.goodbye()
	leave()
	<-left
	s.close()
	return err
}

// goodbye ends every leg and waits for the peers, but not long.
func (s *Stack) goodbye() {
	s.mu.Lock()
	s.closed = true
	for _, l := range s.legs {
		l.dialog.Do(func() { l.dialog.Quit(fact.EndShutdown) })
	}
	s.mu.Unlock()
	limit := time.NewTimer(farewell)
	defer limit.Stop()
	for {
		s.mu.Lock()
		left, idle := len(s.legs), s.idle
		s.mu.Unlock()
		if left == 0 {
			return
		}
		select {
		case <-idle:
		case <-limit.C:
			s.log.Warn("sip: peers didn't answer at the end", "legs", left)
			return
		}
	}
}

func (s *Stack) close() {
	s.phones.Close()
	s.mu.Lock()
	for b := range s.browsers {
		b.stop()
	}
	s.mu.Unlock()
	s.table.Close()
	for _, l := range s.listeners {
		l.Close()
	}
	s.serving.Wait()
}

// Addrs are the addresses that the stack listens on, in the order of the file; their Network is udp, tcp or tls.
func (s *Stack) Addrs() []net.Addr {
	out := make([]net.Addr, len(s.listeners))
	for i, l := range s.listeners {
		out[i] = l.Addr()
		if l.Transport() == "TLS" {
			out[i] = tlsAddr{l.Addr()}
		}
	}
	return out
}

// tlsAddr is the address of a listener with TLS.
type tlsAddr struct{ net.Addr }

func (tlsAddr) Network() string { return "tls" }

// Drain refuses new calls with 503 and Retry-After from now on; running ones go on.
func (s *Stack) Drain() { s.draining.Store(true) }

// Grant makes a SIP login for one browser session of a user; Revoke ends it, and its registrations.
func (s *Stack) Grant(user string) fact.PhoneLogin { return s.phones.Grant(user) }

// Revoke ends what Grant made. An unknown login is ignored.
func (s *Stack) Revoke(authUser string) { s.phones.Revoke(authUser) }

var errClosed = errors.New("sip: the stack is closed")

// keep makes a leg findable by what its dialog's messages say.
func (s *Stack) keep(l *Leg, localTag string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.legs[legKey(l.sipID, localTag)] = l
	return nil
}

// rename makes a leg findable by a new local tag, too: messages to the old one may still come.
func (s *Stack) rename(l *Leg, old, tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.tags = append(l.tags, old)
	s.legs[legKey(l.sipID, tag)] = l
}

func (s *Stack) forget(l *Leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tag := range append(l.tags, l.dialog.LocalTag()) {
		delete(s.legs, legKey(l.sipID, tag))
	}
	close(s.idle)
	s.idle = make(chan struct{})
}

func (s *Stack) leg(callID, localTag string) *Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.legs[legKey(callID, localTag)]
}

func legKey(callID, localTag string) string { return callID + "\x00" + localTag }
