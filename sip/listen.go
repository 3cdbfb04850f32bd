package sip

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"mediasrv/sip/transaction"
)

// renewEvery is how often certificates are looked at: a changed file is in use so much later at most.
const renewEvery = 10 * time.Second

// listen binds what the file asks for, or takes what cfg has.
func (s *Stack) listen(cfg Config) error {
	if cfg.Packets != nil || cfg.Streams != nil || cfg.Secure != nil {
		for _, pc := range cfg.Packets {
			s.listeners = append(s.listeners, s.table.ListenUDP(pc))
		}
		for _, ln := range cfg.Streams {
			s.listeners = append(s.listeners, s.table.ListenTCP(ln, cfg.Dial))
		}
		for _, ln := range cfg.Secure {
			s.listeners = append(s.listeners, s.table.ListenTLS(ln, cfg.Dial, &s.secrets))
		}
		return nil
	}
	s.knocks = true
	for _, a := range s.file().Listen.SIP {
		l, err := s.bind(a.Transport, net.JoinHostPort(a.Host, strconv.Itoa(a.Port)))
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners, l)
	}
	return nil
}

func (s *Stack) bind(transport, at string) (*transaction.Listener, error) {
	if transport == "udp" {
		pc, err := net.ListenPacket("udp", at)
		if err != nil {
			return nil, fmt.Errorf("sip: listen on udp %s: %w", at, err)
		}
		return s.table.ListenUDP(pc), nil
	}
	ln, err := net.Listen("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("sip: listen on %s %s: %w", transport, at, err)
	}
	if transport == "tls" {
		return s.table.ListenTLS(ln, nil, &s.secrets), nil
	}
	return s.table.ListenTCP(ln, nil), nil
}

// renew reads certificates that change, until ctx ends.
func (s *Stack) renew(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.secrets.refresh() // it says what is wrong
		case <-ctx.Done():
			return
		}
	}
}
