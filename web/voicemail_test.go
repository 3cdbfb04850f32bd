package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// fakeVoicemails has a message in each of two queues.
type fakeVoicemails struct {
	mu    sync.Mutex
	err   error
	marks []fact.VoicemailMark
}

type sound struct{ *bytes.Reader }

func (sound) Close() error { return nil }

func (f *fakeVoicemails) all() []fact.VoicemailView {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return []fact.VoicemailView{
		{ID: "m1", Queue: "support", Number: "+819012345678", At: at, Seconds: 3, Ready: true, Path: "a.wav"},
		{ID: "m2", Queue: "sales", At: at},
		{ID: "m3", Queue: "sales", At: at, Ready: true, Path: "gone.wav"},
	}
}

func (f *fakeVoicemails) Voicemails(_ context.Context, queues []string, done bool) (found []fact.VoicemailView, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.all() {
		if (queues == nil || slices.Contains(queues, v.Queue)) && !done {
			found = append(found, v)
		}
	}
	return found, f.err
}

func (f *fakeVoicemails) Voicemail(_ context.Context, id fact.VoicemailID) (fact.VoicemailView, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.all() {
		if v.ID == id {
			return v, true, f.err
		}
	}
	return fact.VoicemailView{}, false, f.err
}

func (f *fakeVoicemails) Sound(v fact.VoicemailView) (io.ReadSeekCloser, time.Time, error) {
	if v.Path != "a.wav" {
		return nil, time.Time{}, errors.New("no such file")
	}
	return sound{bytes.NewReader([]byte("0123456789"))}, v.At, nil
}

func (f *fakeVoicemails) Mark(_ fact.VoicemailView, m fact.VoicemailMark) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.marks = append(f.marks, m)
}

// withQueues gives aiko support and ben sales.
func withQueues(l *lab) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cfg.Queues = map[string]*config.Queue{"support": {Name: "support", Agents: []string{"aiko"}}, "sales": {Name: "sales", Agents: []string{"ben"}}}
}

func TestVoicemailsOfOwnQueues(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		withQueues(l)
		for user, want := range map[string][]string{"aiko": {"m1"}, "ben": {"m2", "m3"}, "dana": {"m1", "m2", "m3"}, "root": {"m1", "m2", "m3"}} {
			a := l.loggedIn(user).do("GET", "/api/voicemails", "")
			for _, id := range []string{"m1", "m2", "m3"} {
				if got := strings.Contains(a.body, `"id":"`+id+`"`); a.status != 200 || got != slices.Contains(want, id) {
					l.t.Errorf("%s: %d %s", user, a.status, a.body)
				}
			}
			if strings.Contains(a.body, "a.wav") {
				l.t.Errorf("the list tells the path: %s", a.body)
			}
		}
		if a := l.loggedIn("aiko").do("GET", "/api/voicemails?done=true", ""); a.status != 200 || !strings.Contains(a.body, `"voicemails":[]`) {
			l.t.Errorf("%d %s", a.status, a.body)
		}
		if a := l.client().do("GET", "/api/voicemails", ""); a.status != 401 {
			l.t.Errorf("without a login: %d", a.status)
		}
		l.box.mu.Lock()
		l.box.err = errors.New("disk I/O error")
		l.box.mu.Unlock()
		for _, path := range []string{"/api/voicemails", "/api/voicemails/m1/sound"} {
			if a := l.loggedIn("aiko").do("GET", path, ""); a.status != 503 || strings.Contains(a.body, "disk") {
				l.t.Errorf("%s of a database that fails: %d %s", path, a.status, a.body)
			}
		}
	})
}

func TestVoicemailSound(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		withQueues(l)
		aiko, ben := l.loggedIn("aiko"), l.loggedIn("ben")
		if a := aiko.do("GET", "/api/voicemails/m1/sound", ""); a.status != 200 || a.body != "0123456789" || a.header.Get("Content-Type") != "audio/wav" {
			l.t.Errorf("%d %q %v", a.status, a.body, a.header)
		}
		if a := aiko.do("GET", "/api/voicemails/m1/sound", "", "Range", "bytes=2-4"); a.status != 206 || a.body != "234" || a.header.Get("Content-Range") != "bytes 2-4/10" {
			l.t.Errorf("%d %q %v", a.status, a.body, a.header)
		}
		for path, want := range map[string]int{"/api/voicemails/m1/sound": 404, "/api/voicemails/m2/sound": 404, "/api/voicemails/m3/sound": 404, "/api/voicemails/m9/sound": 404} {
			if a := ben.do("GET", path, ""); a.status != want || a.body == "0123456789" {
				l.t.Errorf("ben, %s: %d %s", path, a.status, a.body)
			}
		}
	})
}

func TestVoicemailMarks(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		withQueues(l)
		aiko := l.loggedIn("aiko")
		for _, r := range [][3]string{
			{"POST", "/api/voicemails/m1/heard", ""},
			{"PUT", "/api/voicemails/m1/done", `{"done":true}`},
			{"PUT", "/api/voicemails/m1/done", `{"done":false}`},
		} {
			if a := aiko.do(r[0], r[1], r[2]); a.status != 204 {
				l.t.Errorf("%v: %d %s", r, a.status, a.body)
			}
		}
		if a := aiko.do("POST", "/api/voicemails/m2/heard", ""); a.status != 404 {
			l.t.Errorf("another queue's: %d", a.status)
		}
		l.box.mu.Lock()
		defer l.box.mu.Unlock()
		if m := l.box.marks; len(m) != 3 || m[0].Done || m[0].User != "aiko" || m[0].At.IsZero() || !m[1].Done || m[1].Again || !m[2].Again {
			l.t.Errorf("%+v", m)
		}
	})
}
