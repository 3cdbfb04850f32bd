package uplink

import (
	"context"
	"errors"
	"strings"
	"time"

	"mediasrv/sip/digest"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

var (
	errSilent    = errors.New("no answer within " + patience.String())
	errTransport = errors.New("listen.sip has no")
)

// challenges is how many are answered in a row: 401 and 407 in a chain, each stale once.
const challenges = 4

// answer is what came of a request.
type answer struct {
	res *sip.Response
	err error
}

// send sends a request and waits for its final answer: until the address was silent for too long (a provisional answer begins that again), or ctx ends.
func (u *Uplink) send(ctx context.Context, req *sip.Request, flow transaction.Flow) (*sip.Response, error) {
	q := u.net.Hold(req.CallID().Value())
	defer q.Release()
	got := make(chan answer, 1)
	heard := make(chan struct{}, 1)
	var tx *transaction.Client
	q.Do(func() {
		tx = q.Send(req, flow, func(res *sip.Response, err error) {
			if err == nil && res.IsProvisional() {
				select {
				case heard <- struct{}{}:
				default:
				}
				return
			}
			select {
			case got <- answer{res, err}:
			default:
			}
		})
	})
	give := func() {
		q.Do(func() { tx.Give() })
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case a := <-got:
			return a.res, a.err
		case <-heard:
			limit.Reset(2 * patience) // it lives, and thinks
		case <-limit.C:
			give()
			return nil, errSilent
		case <-ctx.Done():
			give()
			return nil, ctx.Err()
		}
	}
}

// challenged takes the challenges of a 401 or 407; false: it is none, or can't be answered, or was answered and the login is wrong.
func challenged(logins *digest.Client, req *sip.Request, res *sip.Response) bool {
	ask, give := "WWW-Authenticate", "Authorization"
	switch res.StatusCode {
	case sip.StatusUnauthorized:
	case sip.StatusProxyAuthRequired:
		ask, give = "Proxy-Authenticate", "Proxy-Authorization"
	default:
		return false
	}
	var offered []string
	for _, h := range res.GetHeaders(ask) {
		offered = append(offered, h.Value())
	}
	return logins.Challenged(give, offered, req.GetHeader(give) != nil)
}

// logIn puts what was asked for so far into a request.
func (u *Uplink) logIn(logins *digest.Client, req *sip.Request) {
	for _, header := range []string{"Authorization", "Proxy-Authorization"} {
		for req.RemoveHeader(header) {
			continue
		}
	}
	for _, c := range logins.Credentials(digest.Ask{
		Method: string(req.Method), URI: req.Recipient.String(), Username: u.trunk.Login.Username, Password: u.trunk.Login.Password,
	}) {
		req.AppendHeader(sip.NewHeader(c.Header, c.Value))
	}
}

// elements splits a header's value at its commas, but not at those of URIs and quoted names.
func elements(value string) []string {
	var out []string
	begin, angle, quote := 0, false, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quote && c == '\\':
			i++
		case c == '"' && !angle:
			quote = !quote
		case quote:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			out = append(out, strings.TrimSpace(value[begin:i]))
			begin = i + 1
		}
	}
	return append(out, strings.TrimSpace(value[begin:]))
}
