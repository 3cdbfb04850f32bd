package routing

import "mediasrv/routing/fact"

// PauseRecording hides what is said in an agent's call from its recording, until ResumeRecording. Both take effect at once, and saying one again does no harm.
func (c *Centre) PauseRecording(user string) error { return c.toCallOf(user, verbPause, wish{}) }

// ResumeRecording ends PauseRecording. Nothing is recorded for another second: the last words of the pause may be on their way.
func (c *Centre) ResumeRecording(user string) error { return c.toCallOf(user, verbUnpause, wish{}) }

// obeyPause takes an agent's wish to pause the recording or to go on with it, in whatever stage the two of them talk.
func (s *script) obeyPause(by command) error {
	switch {
	case s.agent == nil || s.agent.row.Party.User != by.user:
		return ErrNoCall
	case s.segment == "":
		return ErrNotRecorded
	}
	s.pauseRecording(by.verb == verbPause, by.user)
	return nil
}

// pauseRecording hides what is said from now on from the recording, if there is one, or ends that. by is the agent who wants it; empty: the file.
func (s *script) pauseRecording(on bool, by string) {
	if s.segment == "" || s.paused == on {
		return
	}
	s.paused = on
	s.hushed = s.c.clock.Now().Add(secretFor)
	kind := fact.RecordingResumed
	if on {
		kind = fact.RecordingPaused
		s.c.opt.Recorder.Pause(s.segment)
	} else {
		s.c.opt.Recorder.Resume(s.segment)
	}
	s.c.desk.amend(s.row.ID, func(k *card) { k.paused = on })
	s.event(fact.Event{Kind: kind, Agent: by})
}
