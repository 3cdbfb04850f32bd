package uplink

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// patience is how long an address may be silent before it counts as dead (RFC 3261 would wait for 32 s).
const patience = 2 * time.Second

// probe asks every address again and again whether it is there (OPTIONS; RFC 3261, 11), each at its own time.
func (u *Uplink) probe(ctx context.Context) {
	ended := make(chan struct{}, 1)
	running := 0
	defer func() {
		for ; running > 0; running-- {
			<-ended
		}
	}()
	for {
		due, next := u.due()
		for _, w := range due {
			running++
			go func() { u.ask(ctx, w); ended <- struct{}{} }()
		}
		t := time.NewTimer(time.Until(next))
		select {
		case <-t.C:
		case <-u.wake:
		case <-ended:
			running--
		case <-ctx.Done():
			t.Stop()
			return
		}
		t.Stop()
	}
}

// due are the addresses that are to be asked now, and when the next one is. What the DNS doesn't name any more is forgotten.
func (u *Uplink) due() (due []way, next time.Time) {
	now := time.Now()
	next = now.Add(u.trunk.Uplink.Probe)
	ways := u.known()
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, w := range ways {
		h := u.of(w.target)
		switch {
		case h.probing:
		case !h.next.After(now):
			h.probing = true
			due = append(due, w)
		case h.next.Before(next):
			next = h.next
		}
	}
	if len(ways) == 0 {
		return due, next
	}
	for t := range u.health {
		named := false
		for _, w := range ways {
			named = named || w.target == t
		}
		if !named {
			delete(u.health, t)
		}
	}
	return due, next
}

// ask sends one OPTIONS. Any answer but 503 means that the address is well: also that it doesn't know us, or OPTIONS.
func (u *Uplink) ask(ctx context.Context, w way) {
	start := time.Now()
	res, err := u.exchange(ctx, w, sip.OPTIONS)
	switch {
	case ctx.Err() != nil && err != nil:
		return
	case err != nil:
		u.happened(w, Silent, "OPTIONS: "+err.Error(), 0, 0)
	case res.StatusCode == sip.StatusServiceUnavailable:
		u.happened(w, Closing, fmt.Sprintf("OPTIONS: %d %s", res.StatusCode, res.Reason), 0, time.Since(start))
	default:
		u.happened(w, Alive, "", 0, time.Since(start))
	}
	u.mu.Lock()
	u.of(w.target).plan(time.Now(), u.trunk.Uplink.Probe)
	u.mu.Unlock()
}

// exchange sends a request outside of any dialog and waits for the final answer, but not long.
func (u *Uplink) exchange(ctx context.Context, w way, method sip.RequestMethod) (*sip.Response, error) {
	flow, ok := u.net.Flow(u.trunk.Name, w.target, w.server.what.Host)
	if !ok {
		return nil, fmt.Errorf("%w %s", errTransport, w.target.Transport)
	}
	place := u.net.Place(flow)
	target := sip.Uri{Scheme: "sip", Host: w.server.what.Host, Port: w.server.what.Port}
	from := sip.Uri{Scheme: "sip", User: dialog.Agent, Host: place.Host}
	req := u.request(method, target, from, target, flow, place)
	id := sip.CallIDHeader(rand.Text() + "@" + place.Host)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: method})
	return u.send(ctx, req, flow)
}

// request is what all of ours have in common; Call-ID and CSeq are the caller's.
func (u *Uplink) request(method sip.RequestMethod, target, from, to sip.Uri, flow transaction.Flow, place dialog.Place) *sip.Request {
	req := sip.NewRequest(method, *target.Clone())
	req.AppendHeader(via(flow, place))
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	f := &sip.FromHeader{Address: from, Params: sip.NewParams()}
	f.Params.Add("tag", rand.Text()[:16])
	req.AppendHeader(f)
	req.AppendHeader(&sip.ToHeader{Address: to, Params: sip.NewParams()})
	contact := sip.Uri{Scheme: "sip", User: u.user(), Host: place.Host, Port: place.Port, UriParams: place.Params.Clone()}
	if contact.UriParams == nil {
		contact.UriParams = sip.NewParams()
	}
	if token := u.Token(); token != "" {
		contact.UriParams.Add("line", token)
	}
	req.AppendHeader(&sip.ContactHeader{Address: contact, Params: sip.NewParams()})
	req.AppendHeader(sip.NewHeader("Allow", dialog.Allow))
	req.AppendHeader(sip.NewHeader("User-Agent", dialog.Agent))
	req.SetBody(nil)
	return req
}

// user is our name with the trunk.
func (u *Uplink) user() string {
	if u.trunk.Login.Username != "" {
		return u.trunk.Login.Username
	}
	return dialog.Agent
}

func via(flow transaction.Flow, place dialog.Place) *sip.ViaHeader {
	v := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: flow.Transport, Host: place.Host, Port: place.Port, Params: sip.NewParams(),
	}
	v.Params.Add("branch", sip.GenerateBranch())
	v.Params.Add("rport", "")
	return v
}
