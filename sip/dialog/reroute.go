package dialog

import (
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Hop is a way to the far end.
type Hop struct {
	Target sip.Uri
	Flow   transaction.Flow
	Place  Place
	Bad    func() // called when it has no room or can't be reached; nil: nobody wants to know
}

// How long a hop may be silent: first somebody looks whether anybody is there, then the next one is tried, if there is one (RFC 3263, 4.3).
const (
	knockAfter   = 200 * time.Millisecond
	silenceLimit = 2 * time.Second
)

// doubt begins to watch whether anything comes from the hop.
func (d *Dialog) doubt() {
	o := d.calling
	tx := o.tx
	if empty := d.cfg.Empty; empty != nil && !d.flow.Reliable() {
		remote := d.flow.Remote
		o.knock = time.AfterFunc(knockAfter, func() {
			if !empty(remote) {
				return
			}
			d.queue.Do(func() {
				if d.calling.tx == tx && d.state == Calling {
					d.nobody(tx)
				}
			})
		})
	}
	if len(d.cfg.Others) > 0 {
		o.silence = d.after(silenceLimit, func() {
			if d.calling.tx == tx && d.state == Calling {
				d.reroute("no answer within " + silenceLimit.String())
			}
		})
	}
}

// trust ends doubt: something came.
func (d *Dialog) trust() {
	for _, t := range []*time.Timer{d.calling.silence, d.calling.knock} {
		if t != nil {
			t.Stop()
		}
	}
}

// nobody is the hop's machine saying that nobody listens there.
func (d *Dialog) nobody(tx *transaction.Client) {
	const text = "nobody listens there"
	if d.reroute(text) {
		return
	}
	d.calling.tx = nil
	tx.Give()
	d.inviteFailed(fact.EndUnreachable, text)
}

// reroute sends the INVITE to the next hop, as a new transaction with a new CSeq; false: there is none.
func (d *Dialog) reroute(why string) bool {
	if bad := d.cfg.Bad; bad != nil && d.state.Live() {
		bad()
	}
	if len(d.cfg.Others) == 0 || !d.state.Live() || !d.on(Rerouted) {
		return false
	}
	d.trust()
	old := d.calling.tx
	next := d.cfg.Others[0]
	d.cfg.Others = d.cfg.Others[1:]
	d.log.Warn("the next server is tried", "why", strings.ToValidUTF8(why, "?"), "server", next.Flow.ID)
	user := d.cfg.Place.User
	d.target, d.flow, d.cfg.Place, d.cfg.Bad = next.Target, next.Flow, next.Place, next.Bad
	d.cfg.Place.User = user
	d.routes, d.offered = nil, nil
	d.remote.tag = ""
	d.forget()
	d.forget = func() {}
	if d.cfg.KnowHop != nil {
		d.forget = d.cfg.KnowHop(next.Flow)
	}
	d.call()
	if old != nil && d.calling.tx != old {
		old.Give()
	}
	return true
}

// late takes what comes from a hop that was given up: a call that it has taken all the same is ended.
func (d *Dialog) late(tx *transaction.Client, res *sip.Response, err error) {
	if err == nil && tx != nil && res.IsSuccess() && transaction.ToTag(res) != d.remote.tag {
		d.endFork(res, transaction.ToTag(res))
	}
}

// phrases are the words of statuses that are passed on.
//
//nolint:gochecknoglobals // a constant table
var phrases = map[int]string{
	sip.StatusBadRequest: "Bad Request", sip.StatusForbidden: "Forbidden", sip.StatusNotFound: "Not Found",
	sip.StatusRequestTimeout: "Request Timeout", sip.StatusGone: "Gone", sip.StatusTemporarilyUnavailable: "Temporarily Unavailable",
	sip.StatusTooManyHops: "Too Many Hops", sip.StatusAddressIncomplete: "Address Incomplete", sip.StatusBusyHere: "Busy Here",
	sip.StatusRequestTerminated: "Request Terminated", sip.StatusNotAcceptableHere: "Not Acceptable Here",
	sip.StatusInternalServerError: "Server Internal Error", sip.StatusServiceUnavailable: "Service Unavailable",
	sip.StatusGlobalBusyEverywhere: "Busy Everywhere", sip.StatusGlobalDecline: "Decline",
	sip.StatusGlobalDoesNotExistAnywhere: "Does Not Exist Anywhere",
}

func phraseOf(status int) string {
	if p := phrases[status]; p != "" {
		return p
	}
	return "Refused"
}
