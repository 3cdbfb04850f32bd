package alarm

import (
	"fmt"
	"time"

	"mediasrv/routing/fact"
)

const (
	portsQuiet = time.Minute
	lateFrom   = 20 * time.Millisecond // a caller hears it: a packet of audio is as long
	lateLasts  = 5 * time.Second
	lateQuiet  = time.Minute
	oneWayFor  = 10 * time.Second
)

// span says for how long something has been wrong: that it flickers doesn't end it.
type span struct {
	quiet       time.Duration // without trouble until it is over
	first, last time.Time     // zero: all is well
}

// see notes a look.
func (s *span) see(now time.Time, wrong bool) {
	switch {
	case wrong && s.first.IsZero():
		s.first, s.last = now, now
	case wrong:
		s.last = now
	case now.Sub(s.last) >= s.quiet:
		s.first, s.last = time.Time{}, time.Time{}
	}
}

// lasts says that it has been seen over a time at least.
func (s *span) lasts(d time.Duration) bool { return !s.first.IsZero() && s.last.Sub(s.first) >= d }

// MediaState is how the media engine does at a moment.
type MediaState struct {
	NoPorts   uint64 // legs that found no port, since the start
	FreePorts int
	Lateness  time.Duration // of the latest pass of the last second
	OneWays   uint64        // legs now whose party isn't heard
}

// Media looks at the media engine.
func Media(of func() MediaState) Look {
	ports, late, oneWay := span{quiet: portsQuiet}, span{quiet: lateQuiet}, span{}
	var refused uint64
	return func(now time.Time) (all []fact.Alarm) {
		m := of()
		ports.see(now, m.NoPorts > refused || m.FreePorts == 0)
		late.see(now, m.Lateness >= lateFrom)
		oneWay.see(now, m.OneWays > 0)
		refused = m.NoPorts
		if ports.lasts(0) {
			all = append(all, fact.Alarm{
				Kind: fact.AlarmPorts, Since: ports.first,
				What: fmt.Sprintf("No RTP port is free: calls are refused with 503 (%d since the start).", m.NoPorts),
				Do:   "Widen listen.rtp in the file, open the ports in the firewall, and start the server again.",
			})
		}
		if late.lasts(lateLasts) {
			all = append(all, fact.Alarm{
				Kind: fact.AlarmOverload, Since: late.first,
				What: "The media workers come too late to send sound in time: callers hear gaps.",
				Do:   "Give the server more CPU, or move other programs away. docs/performance.md says how many calls a core carries.",
			})
		}
		if oneWay.lasts(oneWayFor) {
			all = append(all, fact.Alarm{
				Kind: fact.AlarmOneWay, Since: oneWay.first,
				What: fmt.Sprintf("Nothing is heard of %d of the parties in calls now, though both directions were agreed.", m.OneWays),
				Do:   "A firewall or NAT drops RTP: open listen.rtp for UDP and check public_address. The log names the legs (audio one-way).",
			})
		}
		return all
	}
}
