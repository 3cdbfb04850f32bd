package uplink

import (
	"context"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"strconv"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/digest"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// When a registration is tried again after a failure: the time doubles, and varies by a quarter, so that all who lost the same server don't come back at once.
const (
	firstRetry   = 2 * time.Second
	mostRetry    = 5 * time.Minute
	firstRefused = time.Minute // a wrong password must not look like an attack
	mostRefused  = time.Hour
	farewell     = 3 * time.Second // to say that we go
	mostExpires  = 7 * 24 * time.Hour
)

// standing is how we stand with the registrar. It is guarded by Uplink.mu; seq and callID belong to register.
type standing struct {
	state   fact.RegistrationState
	since   time.Time
	expires time.Time
	next    time.Time
	err     string
	at      resolve.Target // that took it
	routes  []sip.Uri      // Service-Route (RFC 3608)
	again   bool           // without delay
	wake    chan struct{}

	callID  string
	seq     uint32
	wanted  time.Duration // what the registrar wants at least (423)
	fails   int           // in a row
	refused int           // in a row
	forget  func()        // lets the registrar's address go
}

// good says whether the registrar has us.
func (s *standing) good(now time.Time) bool {
	return s.state == fact.Registered && now.Before(s.expires)
}

func (s *standing) fact(now time.Time) fact.Registration {
	r := fact.Registration{State: s.state, Since: s.since, Next: s.next, Error: s.err}
	switch {
	case s.good(now):
		r.Expires = s.expires
	case s.state == fact.Registered: // the next attempt is still to come
		r.State, r.Since = fact.RegistrationFailed, s.expires
	}
	if s.at.Addr.IsValid() {
		r.Server = s.at.String()
	}
	return r
}

// register keeps us registered until ctx ends; then it says that we go.
func (u *Uplink) register(ctx context.Context) {
	u.standing.wanted = u.trunk.Register.Expires
	for {
		wait := u.once(ctx)
		if !u.sleep(ctx, wait) {
			u.unregister()
			return
		}
	}
}

// sleep waits until it is time to register again, or something has happened; false: until the end.
func (u *Uplink) sleep(ctx context.Context, wait time.Duration) bool {
	u.mu.Lock()
	u.standing.next = time.Now().Add(wait)
	unknown := u.standing.err == errUnknown.Error()
	u.mu.Unlock()
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return true
		case <-u.standing.wake:
			u.mu.Lock()
			again := u.standing.again || unknown
			u.standing.again = false
			u.mu.Unlock()
			if again {
				return true
			}
		case <-ctx.Done():
			return false
		}
	}
}

var errUnknown = errors.New("the address of the servers is not known yet")

// refusal is an answer that another server would give as well.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

// once registers with the first server that takes it, and says when to do so again.
func (u *Uplink) once(ctx context.Context) time.Duration {
	err := errUnknown
	for _, w := range u.registrars() {
		var after time.Duration
		if after, err = u.enrol(ctx, w); err == nil || ctx.Err() != nil {
			return after
		}
		if _, no := errors.AsType[refusal](err); no {
			u.stand(fact.RegistrationRefused, err.Error())
			u.standing.refused++
			return max(after, vary(doubled(firstRefused, u.standing.refused-1, mostRefused)))
		}
	}
	if errors.Is(err, errUnknown) && u.standing.state == fact.Registering {
		u.stand(fact.Registering, err.Error())
	} else {
		u.stand(fact.RegistrationFailed, err.Error())
	}
	u.standing.fails++
	return vary(doubled(firstRetry, u.standing.fails-1, mostRetry))
}

// registrars are the addresses to try: the one that has our registration comes first while it is well.
func (u *Uplink) registrars() []way {
	ways := u.ways(chance)
	u.mu.Lock()
	defer u.mu.Unlock()
	if h := u.health[u.standing.at]; h != nil && h.state == fact.TargetDown {
		return ways
	}
	for i, w := range ways {
		if w.target == u.standing.at {
			copy(ways[1:i+1], ways[:i])
			ways[0] = w
		}
	}
	return ways
}

// vary changes a time by up to a quarter.
func vary(d time.Duration) time.Duration {
	return d*3/4 + time.Duration(mrand.Int64N(int64(d/2)+1)) //nolint:gosec // it spreads load
}

// enrol registers with one server, through its challenges, and says when the registration is to be renewed, or how long the server wants to be left alone.
func (u *Uplink) enrol(ctx context.Context, w way) (time.Duration, error) {
	longer := 0
	for {
		res, flow, err := u.sendRegister(ctx, w, u.standing.wanted)
		if err != nil {
			if ctx.Err() == nil {
				u.happened(w, Silent, "REGISTER: "+err.Error(), 0, 0)
			}
			return 0, fmt.Errorf("%s: %w", w.target, err)
		}
		text := fmt.Sprintf("%s: %d %s", w.target, res.StatusCode, res.Reason)
		switch code := res.StatusCode; {
		case res.IsSuccess():
			return u.registered(w, res, flow), nil
		case code == sip.StatusIntervalToBrief && longer == 0 && minExpires(res) > u.standing.wanted: // 423
			longer++
			u.standing.wanted = minExpires(res)
		case code == sip.StatusRequestTimeout || code >= 500 && code < 600:
			if code == sip.StatusServiceUnavailable {
				u.happened(w, Closing, "REGISTER: "+text, 0, 0)
			}
			return dialog.RetryIn(res), errors.New(text) //nolint:err113 // it is what the peer said
		default:
			return dialog.RetryIn(res), refusal{text}
		}
	}
}

// sendRegister sends one REGISTER and answers challenges.
func (u *Uplink) sendRegister(ctx context.Context, w way, expires time.Duration) (*sip.Response, transaction.Flow, error) {
	flow, ok := u.net.Flow(u.trunk.Name, w.target, w.server.what.Host)
	if !ok {
		return nil, flow, fmt.Errorf("%w %s", errTransport, w.target.Transport)
	}
	us := sip.Uri{Scheme: "sip", User: u.trunk.Login.Username, Host: u.domain()}
	req := u.request(sip.REGISTER, sip.Uri{Scheme: "sip", Host: u.domain()}, us, us, flow, u.net.Place(flow))
	seconds := strconv.Itoa(int(expires.Seconds()))
	req.Contact().Params.Add("expires", seconds)
	req.AppendHeader(sip.NewHeader("Expires", seconds))
	req.AppendHeader(sip.NewHeader("Supported", "path")) // RFC 3327: proxies on the way may put themselves in
	for _, r := range u.preloaded() {
		req.AppendHeader(&sip.RouteHeader{Address: r})
	}
	id := sip.CallIDHeader(u.standing.callID)
	req.AppendHeader(&id)
	var logins digest.Client // of this attempt only: a registrar whose nonce is over needn't call it stale
	for range challenges {
		u.standing.seq++
		for req.RemoveHeader("CSeq") {
			continue
		}
		req.AppendHeader(&sip.CSeqHeader{SeqNo: u.standing.seq, MethodName: sip.REGISTER})
		req.RemoveHeader("Via")
		req.PrependHeader(via(flow, u.net.Place(flow)))
		res, err := u.send(ctx, req, flow)
		if err != nil {
			return nil, flow, err
		}
		if !challenged(&logins, req, res) {
			return res, flow, nil
		}
		req = req.Clone()
		u.logIn(&logins, req)
	}
	return nil, flow, errChallenges
}

var errChallenges = errors.New("it challenges without end")

// registered takes a 200 and says when to register again.
func (u *Uplink) registered(w way, res *sip.Response, flow transaction.Flow) time.Duration {
	life := granted(res, u.token, u.standing.wanted)
	u.happened(w, Alive, "", 0, 0)
	u.mu.Lock()
	s := &u.standing
	before, moved := s.state, s.at != w.target
	s.fails, s.refused = 0, 0
	s.at, s.routes, s.err, s.again = w.target, serviceRoute(res), "", false
	s.expires = time.Now().Add(life)
	s.state = fact.Registered
	if before != s.state {
		s.since = time.Now()
	}
	forget := s.forget
	s.forget = u.net.Know(flow.Remote.Addr())
	u.mu.Unlock()
	if forget != nil {
		forget()
	}
	if before != fact.Registered || moved {
		u.log.Info("registered with the trunk", "server", w.target.String(), "expires", life.String())
	}
	return renewal(life)
}

// renewal is when a registration is renewed: early enough for a few attempts.
func renewal(life time.Duration) time.Duration {
	return life*3/4 + time.Duration(mrand.Int64N(int64(life/8)+1)) //nolint:gosec // it spreads load
}

// stand notes a failure. A registration that was good stays so until it expires.
func (u *Uplink) stand(state fact.RegistrationState, why string) {
	u.mu.Lock()
	s := &u.standing
	said := s.err == why
	s.err = why
	if s.good(time.Now()) {
		state = s.state
	}
	changed := s.state != state
	if changed {
		s.state, s.since = state, time.Now()
	}
	u.mu.Unlock()
	if changed || !said && why != errUnknown.Error() {
		u.log.Warn("not registered with the trunk", "state", string(state), "why", why)
	}
}

// unregister says that we go, to the server that has us. It waits for the answer, but not long.
func (u *Uplink) unregister() {
	u.mu.Lock()
	at, state, forget := u.standing.at, u.standing.state, u.standing.forget
	u.mu.Unlock()
	if state == fact.Registered {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		for _, w := range u.known() {
			if w.target == at {
				if res, _, err := u.sendRegister(ctx, w, 0); err != nil {
					u.log.Info("the trunk doesn't answer that we go", "err", err)
				} else if !res.IsSuccess() {
					u.log.Info("the trunk refuses that we go", "status", res.StatusCode)
				}
			}
		}
	}
	if forget != nil {
		forget()
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.standing.state, u.standing.since, u.standing.next, u.standing.forget = fact.Unregistered, time.Now(), time.Time{}, nil
}

// granted is how long the registrar keeps us: what it says of our Contact, else its Expires, else what we asked for (RFC 3261, 10.2.4).
func granted(res *sip.Response, token string, asked time.Duration) time.Duration {
	life := asked
	if h := res.GetHeader("Expires"); h != nil {
		life = seconds(h.Value(), life)
	}
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok {
			continue
		}
		if line, _ := c.Address.UriParams.Get("line"); line == token {
			if text, has := c.Params.Get("expires"); has {
				life = seconds(text, life)
			}
		}
	}
	return min(max(life, 10*time.Second), mostExpires)
}

func seconds(text string, otherwise time.Duration) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > int(mostExpires/time.Second) {
		return otherwise
	}
	return time.Duration(n) * time.Second
}

// minExpires is what a 423 asks for.
func minExpires(res *sip.Response) time.Duration {
	if h := res.GetHeader("Min-Expires"); h != nil {
		return seconds(h.Value(), 0)
	}
	return 0
}
