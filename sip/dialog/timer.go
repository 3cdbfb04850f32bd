package dialog

import (
	"strconv"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

const (
	leastExpires = 90 * time.Second // RFC 4028, 5
	refreshAgain = 10 * time.Second // after a refresh that was refused for the moment
)

// watch is a session's timer (RFC 4028): whoever doesn't hear a refresh in time ends the session.
type watch struct {
	expires time.Duration // 0: it doesn't run
	min     time.Duration // the largest Min-SE that the peer has asked for
	ours    bool          // we refresh
	refresh *time.Timer
	death   *time.Timer

	noUpdate bool // the peer has refused UPDATE: a re-INVITE does
}

// timing gives a request that may refresh the session its headers. A request's uac is us.
func (d *Dialog) timing(req *sip.Request) {
	t := d.cfg.Manners.Timer
	expires, refresher := d.watch.expires, ";refresher=uas"
	switch {
	case t.Min == 0:
		return
	case expires > 0:
		if d.watch.ours {
			refresher = ";refresher=uac"
		}
	case t.Expires > 0 && d.state != Confirmed: // the INVITE that begins it; later a session without a timer stays so
		expires, refresher = t.Expires, map[Refresher]string{WeRefresh: ";refresher=uac", TheyRefresh: ";refresher=uas"}[t.Refresher]
	default:
		return
	}
	expires = max(expires, d.watch.min)
	replace(req, "Session-Expires", whole(expires)+refresher)
	replace(req, "Min-SE", whole(max(t.Min, d.watch.min)))
}

// whole is a duration in seconds, as headers have it.
func whole(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

func replace(req *sip.Request, name, value string) {
	for req.RemoveHeader(name) {
		continue
	}
	req.AppendHeader(sip.NewHeader(name, value))
}

// longer makes a request again whose session interval was too small (422); nil if that can't be done.
func (d *Dialog) longer(req *sip.Request, res *sip.Response, tries int) *sip.Request {
	if res.StatusCode != 422 || d.cfg.Manners.Timer.Min == 0 || tries >= challenges {
		return nil
	}
	least, ok := seconds(value(res, "Min-SE", ""))
	if !ok || least > 24*time.Hour {
		return nil
	}
	d.watch.min = max(d.watch.min, least)
	next := d.afresh(req)
	d.timing(next)
	return next
}

// interval is what the sides agree on.
type interval struct {
	expires time.Duration // 0: no timer
	ours    bool          // we refresh
	uac     bool          // whoever sent the request does
}

// demanded reads what a request of the peer's says of the timer, and answers 422 if it asks for too little: then it is over.
func (d *Dialog) demanded(tx *transaction.Server) (agreed interval, ok bool) {
	t, req := d.cfg.Manners.Timer, tx.Request
	if t.Min == 0 {
		return interval{}, true
	}
	can := has(tokens(req, "Supported", "k"), "timer")
	text := value(req, "Session-Expires", "x")
	asked, asks := seconds(text)
	floor, _ := seconds(value(req, "Min-SE", ""))
	floor = min(max(floor, t.Min), 24*time.Hour)
	switch {
	case asks && asked < t.Min && can:
		_ = tx.Reply(422, "Session Interval Too Small", sip.NewHeader("Min-SE", whole(t.Min)))
		return interval{}, false
	case asks && asked < leastExpires: // a proxy's, and nobody could be told
		return interval{}, true
	case asks && t.Expires > 0:
		agreed.expires = min(asked, max(t.Expires, floor))
	case asks:
		agreed.expires = asked
	case d.watch.expires > 0:
		agreed.expires = max(d.watch.expires, floor)
	case t.Expires > 0:
		agreed.expires = max(t.Expires, floor)
	default:
		return interval{}, true
	}
	agreed.ours = !can || d.refreshes(text)
	agreed.uac = !agreed.ours
	return agreed, true
}

// refreshes chooses the refresher for a request of the peer's that can be one (RFC 4028, 9, table 2).
func (d *Dialog) refreshes(demand string) (ours bool) {
	switch param(demand, "refresher") {
	case "uac":
		return false
	case "uas":
		return true
	}
	if d.watch.expires > 0 {
		return d.watch.ours
	}
	return d.cfg.Manners.Timer.Refresher == WeRefresh
}

// param is a parameter of a header's value, in small letters.
func param(value, name string) string {
	for p := range strings.SplitSeq(value, ";") {
		if k, v, ok := strings.Cut(strings.TrimSpace(p), "="); ok && strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.ToLower(strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	return ""
}

// grant puts what was agreed into our 2xx, and begins to watch.
func (d *Dialog) grant(res *sip.Response, agreed interval) {
	if agreed.expires > 0 {
		who := "uas"
		if agreed.uac {
			who = "uac"
			res.AppendHeader(sip.NewHeader("Require", "timer"))
		}
		res.AppendHeader(sip.NewHeader("Session-Expires", whole(agreed.expires)+";refresher="+who))
	}
	d.keepTime(agreed)
}

// granted takes what the peer's 2xx to a request of ours says of the timer. If it says nothing there is none (RFC 4028, 7.2).
func (d *Dialog) granted(res *sip.Response) {
	if d.cfg.Manners.Timer.Min == 0 {
		return
	}
	text := value(res, "Session-Expires", "x")
	expires, ok := seconds(text)
	if !ok || expires < leastExpires {
		d.keepTime(interval{})
		return
	}
	d.keepTime(interval{expires: min(expires, 24*time.Hour), ours: param(text, "refresher") != "uas"})
}

// keepTime begins the session's time anew.
func (d *Dialog) keepTime(agreed interval) {
	w := &d.watch
	d.stop(w.refresh)
	d.stop(w.death)
	w.refresh, w.death = nil, nil
	w.expires, w.ours = agreed.expires, agreed.ours
	if w.expires == 0 {
		return
	}
	if w.ours {
		w.refresh = d.after(w.expires/2, d.refresh)
	}
	w.death = d.after(w.expires-min(32*time.Second, w.expires/3), d.expired) // RFC 4028, 10
}

// expired ends a session that nobody has refreshed.
func (d *Dialog) expired() {
	if d.state == Confirmed || d.state == Accepted {
		d.Lost(fact.EndTimeout, "the session timer has run out")
	}
}

// refresh says that we are still there: by UPDATE if the peer takes it, else by a re-INVITE that changes nothing.
func (d *Dialog) refresh() {
	w := &d.watch
	switch {
	case d.state != Confirmed || w.expires == 0 || !w.ours:
	case d.busy():
		w.refresh = d.after(t1, d.refresh)
	case d.peer.allow[sip.UPDATE] && !w.noUpdate:
		req := d.request(sip.UPDATE, nil)
		d.timing(req)
		d.sendUpdate(req, 0)
	default:
		d.reoffer(true)
	}
}

func (d *Dialog) sendUpdate(req *sip.Request, tries int) {
	d.sendAuthorized(req, tries, func(res *sip.Response, err error) {
		switch {
		case d.state != Confirmed:
		case err != nil:
			d.Lost(fact.EndTimeout, err.Error())
		case res.IsSuccess():
			d.learnAbilities(res)
			d.learn(res.Contact())
			d.granted(res)
		default:
			d.updateRefused(req, res, tries)
		}
	})
}

func (d *Dialog) updateRefused(req *sip.Request, res *sip.Response, tries int) {
	if next := d.longer(req, res, tries); next != nil {
		d.sendUpdate(next, tries+1)
		return
	}
	switch res.StatusCode {
	case sip.StatusCallTransactionDoesNotExists:
		d.Lost(fact.EndTimeout, res.StartLine())
	case sip.StatusMethodNotAllowed, sip.StatusNotImplemented, sip.StatusForbidden:
		d.watch.noUpdate = true
		d.refresh()
	default:
		d.refreshLater(res)
	}
}

// refreshLater tries again after a refusal, in time before the session ends.
func (d *Dialog) refreshLater(res *sip.Response) {
	if d.watch.expires == 0 || !d.watch.ours {
		return
	}
	wait := refreshAgain
	if asked, ok := seconds(value(res, "Retry-After", "")); ok {
		wait = min(max(asked, time.Second), refreshAgain)
	}
	if res.StatusCode == sip.StatusRequestPending {
		wait = glareWait(d.caller)
	}
	d.watch.refresh = d.after(wait, d.refresh)
}
