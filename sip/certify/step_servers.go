package certify

import (
	"context"

	"mediasrv/sip/resolve"
)

// mostPlaces bounds how many further addresses are tried.
const mostPlaces = 8

// furtherServers asks whether those whom calls go to when the first server fails are there.
func furtherServers(ctx context.Context, a *Agent) []Finding {
	var f findings
	if len(a.others) == 0 {
		f.untested("RFC 3263, 4.3", "the file and the DNS know one address only: when it is gone there is no other")
		return f
	}
	for i, p := range a.others {
		switch {
		case p.err != nil:
			f.wrong("RFC 3263, 4", "its server %s has no address: %v", p.server, p.err)
		case i >= mostPlaces:
			f.untested("RFC 3263, 4.3", "%d more addresses are not tried", len(a.others)-i)
			return f
		default:
			a.probePlace(ctx, &f, p)
		}
	}
	return f
}

// probePlace sends OPTIONS to a further address, by its transport.
func (a *Agent) probePlace(ctx context.Context, f *findings, p place) {
	back, err := a.turnTo(ctx, p)
	if err != nil {
		f.wrong("RFC 3263, 4.3", "its server %s can't be reached at %s: %v", p.server, p.Target, err)
		return
	}
	defer back()
	t := a.ask(a.lone("OPTIONS", a.uri("")))
	if res := a.answer(ctx, t, answerIn); res != nil {
		f.ok("RFC 3263, 4.3", "its server %s answers at %s: %s after %s", p.server, p.Target, status(res), seconds(res.at.Sub(t.began)))
		return
	}
	f.wrong("RFC 3263, 4.3", "its server %s doesn't answer OPTIONS at %s, though the first one does: when that is gone calls wait for nothing", p.server, p.Target)
}

// turnTo lets requests go to another address until back is called. What comes by the old way waits meanwhile.
func (a *Agent) turnTo(ctx context.Context, p place) (back func(), err error) {
	peer, via, wire := a.peer, a.via, a.wire
	if p.Transport != resolve.UDP || via != resolve.UDP {
		next, err := a.connect(ctx, p)
		if err != nil {
			return nil, err
		}
		a.wire = next
	}
	a.peer, a.via = p.Addr, p.Transport
	return func() {
		if a.wire != wire {
			a.wire.close()
		}
		a.peer, a.via, a.wire = peer, via, wire
	}, nil
}
