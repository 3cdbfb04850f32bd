package sip

import (
	"crypto/tls"
	"net/netip"
	"sync/atomic"

	"mediasrv/config"
	"mediasrv/sip/secure"
	"mediasrv/sip/transaction"
)

// file is the operator's file as it holds now.
func (s *Stack) file() *config.Config { return s.current.Load() }

// Prepare reads what a new file needs: certificates. What it returns makes the file hold, for all that begins from then on; it can't fail and
// returns at once. Calls and dialogs go on as they are. Registrations of trunks that are gone or changed end, new ones begin.
func (s *Stack) Prepare(file *config.Config) (commit func(), err error) {
	certificates, err := secure.New(file, s.log)
	if err != nil {
		return nil, err
	}
	return func() {
		s.secrets.Store(certificates)
		s.trunks.Apply(file)
		s.links.apply(file, s.log)
		s.current.Store(file)
		s.guard.bans.Apply(rules(file.Ban))
		s.phones.Apply(file.Users)
	}, nil
}

// secrets are the certificates of the file that holds now.
type secrets struct{ atomic.Pointer[secure.Store] }

var _ transaction.Secrets = (*secrets)(nil)

func (s *secrets) refresh() error { return s.Load().Refresh() }

// Server implements transaction.Secrets, as do the next two.
func (s *secrets) Server(remote netip.Addr) (*tls.Config, error) { return s.Load().Server(remote) }

func (s *secrets) Client(f transaction.Flow) (*tls.Config, error) { return s.Load().Client(f) }

func (s *secrets) Verified(remote netip.Addr, state tls.ConnectionState) string {
	return s.Load().Verified(remote, state)
}
