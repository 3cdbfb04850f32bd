package transaction

import "time"

// pump sends what waits and watches the clock until the connection ends.
func (s *stream) pump() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	nextPing := time.Now().Add(pingEvery)
	for {
		select {
		case <-s.wake:
			s.mu.Lock()
			data, leave := s.pending, s.leave
			s.pending = nil
			s.mu.Unlock()
			if err := s.put(data); err != nil || !leave.IsZero() && !time.Now().Before(leave) {
				s.end(err)
				return
			}
		case now := <-tick.C:
			if err := s.late(now); err != nil {
				s.end(err)
				return
			}
			if s.dialled && !now.Before(nextPing) {
				nextPing = now.Add(pingEvery)
				s.mu.Lock()
				if s.pinged.IsZero() || !s.pongs {
					s.pinged = now
				}
				s.mu.Unlock()
				if err := s.put([]byte("\r\n\r\n")); err != nil {
					s.end(err)
					return
				}
			}
		case <-s.done:
			return
		}
	}
}

func (s *stream) put(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.conn.Write(data)
	return err
}

// late says why the connection has to end now.
func (s *stream) late(now time.Time) error {
	s.mu.Lock()
	partial, begun, stranger, spoke, leave := s.partial, s.begun, s.stranger, s.spoke, s.leave
	deaf := s.pongs && !s.pinged.IsZero() && now.Sub(s.pinged) >= pongWithin
	s.mu.Unlock()
	limit := limitOf(stranger, spoke)
	switch {
	case !leave.IsZero() && !now.Before(leave):
		return errBroken
	case deaf:
		return errNoPong
	case !partial.IsZero() && now.Sub(partial) >= patience:
		return errSilent
	case now.Sub(begun) < limit:
		return nil
	case stranger && s.pool.listener.table.handler.Trusted(s.flow()): // it has registered since
		s.welcome()
		return nil
	case !stranger && s.busy():
		return nil
	}
	return errSilent
}

// limitOf is how long nothing may be said.
func limitOf(stranger, spoke bool) time.Duration {
	switch {
	case stranger && spoke:
		return afterLogin
	case stranger:
		return patience
	}
	return idleLimit
}

// busy says whether somebody needs the connection though nothing is said.
func (s *stream) busy() bool {
	l := s.pool.listener
	return l.table.knows(s.remote.Addr()) || l.table.handler.Registered(s.flow())
}
