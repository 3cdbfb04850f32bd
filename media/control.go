package media

import (
	"errors"
	"net/netip"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// agreeControl takes over where RTCP goes: to RTP's port, to the one that was named, or to the one behind RTP's (RFC 3550, 11).
func (e *Endpoint) agreeControl(n *Negotiated) {
	switch {
	case n.Mux || e.secure != nil:
		e.reply = netip.AddrPort{} // with RTP
	case n.RTCP.IsValid():
		e.reply = n.RTCP
	case n.Remote.IsValid() && n.Remote.Port() < 65535:
		e.reply = netip.AddrPortFrom(n.Remote.Addr(), n.Remote.Port()+1)
	}
}

// takeControl takes RTCP of an RTP leg, from either port. Only the peer's address counts: RTCP moves no latch.
func (e *Endpoint) takeControl(w *Worker, b []byte, from netip.AddrPort, now int64) {
	source, known := e.in.latch.Source()
	if !e.settled || !known || from.Addr() != source.Addr() {
		w.count[dropControl]++
		return
	}
	if e.guard != nil {
		plain, err := e.guard.UnprotectRTCP(b)
		if err != nil {
			w.count[dropForged]++
			return
		}
		b = plain
	}
	e.told(w, b, now)
}

// told takes an RTCP packet of the peer.
func (e *Endpoint) told(w *Worker, b []byte, now int64) {
	if e.reports.Take(b, now) != nil {
		w.count[dropControl]++
		return
	}
	w.count[controlIn]++
	if packets, srs := e.reports.Peer(); srs != e.srs {
		e.srs = srs
		e.oneway.Reported(packets)
	}
}

// readControl reads the port for RTCP.
func (e *Endpoint) readControl(w *Worker) bool {
	n, from, err := e.beside.Recv(w.buf[:])
	switch {
	case errors.Is(err, rtp.ErrRefused):
		return true
	case err != nil:
		return false
	case rtp.IsRTCP(w.buf[:n]):
		e.takeControl(w, w.buf[:n], from, w.now)
	default:
		w.count[dropMalformed]++
	}
	return true
}

// judge is called every 100 ms: reports that are due, the quality of the latest second, one-way audio, and what the encoder should know of the line. s is
// what the jitter buffer did since the last call.
func (e *Endpoint) judge(w *Worker, s rtp.JitterStats, now int64) {
	if !e.settled || e.coders == nil {
		return
	}
	if e.able() {
		if packet := e.reports.Make(now, w.packet[:0:maxPayload]); packet != nil {
			e.sendControl(w, packet)
		}
	}
	if j := e.in.jitter; j != nil {
		e.reports.Played(s, j.Delay())
	} else {
		e.reports.Played(s, 0)
	}
	q := e.reports.Quality(now)
	if q.At != e.quality.At && e.judged.TryLock() { // else somebody is reading the one before
		e.meter.Load().add(q, e.course.Reports)
		e.course.Add(q)
		e.quality = q
		e.judged.Unlock()
		if e.grader.Add(q) {
			e.report(Event{Kind: Graded, Line: e.grader.Line()}, now)
		}
	}
	if enc, ok := e.enc.(codec.LossAware); ok && q.Reports > 0 {
		if loss := int(q.RemoteLoss + 0.5); loss != e.say.lossy {
			e.say.lossy = loss
			enc.SetLoss(loss)
		}
	}
	switch e.oneway.Poll(now) {
	case rtp.Began:
		w.count[oneWays]++
		w.count[oneWaysNow]++
		e.report(Event{Kind: OneWay}, now)
	case rtp.Ended:
		w.count[oneWaysNow]--
		e.report(Event{Kind: BothWays}, now)
	case rtp.Same:
	}
}

// bye tells the peer that no more is sent (RFC 3550, 6.6).
func (e *Endpoint) bye(w *Worker, now int64) {
	if !e.settled || !e.able() {
		return
	}
	if packet := e.reports.Bye(now, w.packet[:0:maxPayload]); packet != nil {
		e.sendControl(w, packet)
	}
}

// sendControl sends a report, which is in the worker's packet.
func (e *Endpoint) sendControl(w *Worker, packet []byte) {
	var err error
	if e.secure != nil {
		err = e.secure.SendRTCP(packet)
	} else {
		if e.guard != nil {
			if packet, err = e.guard.ProtectRTCP(packet, len(w.packet)-len(packet)); err != nil {
				w.count[sendFailed]++
				return
			}
		}
		switch {
		case !e.reply.IsValid():
			err = e.sock.Send(packet, e.in.latch.Target())
		case e.beside != nil:
			err = e.beside.Send(packet, e.reply)
		}
	}
	if err != nil && !errors.Is(err, rtp.ErrRefused) {
		w.count[sendFailed]++
		return
	}
	w.count[controlOut]++
}

// useControl takes over a port for RTCP.
func (w *Worker) useControl(e *Endpoint, sock rtp.Socket) {
	e.beside = sock
	if !e.live {
		return
	}
	if d, ok := sock.(interface{ FD() int }); ok { // else it is read with the other one
		if err := w.poller.Add(d.FD(), -e.key); err != nil {
			w.log.Warn("media: no RTCP", "error", err)
		}
	}
}
