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

	"mediasrv/routing/fact"
)

// fakeRecordings has one recording of aiko's, one that is held of ben's, and one of nobody's.
type fakeRecordings struct {
	mu      sync.Mutex
	err     error // of reading
	stuck   error // of deleting
	filters []fact.RecordingFilter
	deleted []string
	held    []fact.RecordingHeld
}

func (f *fakeRecordings) all() []fact.RecordingView {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return []fact.RecordingView{
		{ID: "r1", Agent: "aiko", Segment: "s1", Part: "customer", Number: "+819012345678", Name: "=cmd()", Began: at, Seconds: 3, Gaps: []fact.Gap{{Channel: 1, From: time.Second, To: 2 * time.Second, Cause: "hold"}}, Marks: []fact.Mark{{At: 3 * time.Second, Kind: "transfer", Detail: "Ben"}}, Path: "2026-01-02/c_森 愛子_Bob_1.wav"},
		{ID: "r2", Agent: "ben", Began: at, Path: "b.opus.age", Held: &at, HeldWhy: "a lawsuit"},
		{ID: "r3", Number: "=1+1", Began: at, Path: "gone.wav"},
		{ID: "r4", Agent: "aiko", Segment: "s1", Part: "agent", Began: at, Path: "a.wav"},
		{ID: "r5", Agent: "aiko", Segment: "s1", Part: "merged", Began: at, Path: "m.wav"},
	}
}

func (f *fakeRecordings) Recordings(_ context.Context, filter fact.RecordingFilter) (found []fact.RecordingView, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.filters = append(f.filters, filter)
	if filter.Number == "many" {
		return make([]fact.RecordingView, filter.Most), nil
	}
	for _, v := range f.all() {
		if (filter.Agent == "" || filter.Agent == v.Agent) && (filter.Segment == "" || filter.Segment == v.Segment) {
			found = append(found, v)
		}
	}
	return found, f.err
}

func (f *fakeRecordings) Recording(_ context.Context, id string) (fact.RecordingView, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.all() {
		if v.ID == id {
			return v, true, f.err
		}
	}
	return fact.RecordingView{}, false, f.err
}

func (f *fakeRecordings) RecordingSound(views []fact.RecordingView) (io.ReadSeekCloser, time.Time, error) {
	v := views[0]
	if v.Path == "gone.wav" {
		return nil, time.Time{}, errors.New("no such file")
	}
	if len(views) > 1 {
		return sound{bytes.NewReader([]byte("together"))}, v.Began, nil
	}
	return sound{bytes.NewReader([]byte("0123456789"))}, v.Began, nil
}

func (f *fakeRecordings) RecordingWave(_ context.Context, of []fact.RecordingView, points int) (lanes []fact.RecordingLane, err error) {
	for _, v := range of {
		if v.Path == "gone.wav" {
			return nil, errors.New("no such file")
		}
		lanes = append(lanes, fact.RecordingLane{Part: v.ID, Peaks: make([]int, points)})
	}
	return lanes, nil
}

func (f *fakeRecordings) RecordingText(v fact.RecordingView) ([]byte, error) {
	if v.Path == "gone.wav" {
		return nil, errors.New("no such file")
	}
	return []byte(`{"signature":"x"}`), nil
}

func (f *fakeRecordings) DeleteRecording(v fact.RecordingView, user, reason string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deleted = append(f.deleted, v.ID+" "+user+" "+reason)
	return f.stuck
}

func (f *fakeRecordings) HoldRecording(h fact.RecordingHeld) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = append(f.held, h)
}

func (f *fakeRecordings) Deletions(context.Context, time.Time, int) ([]fact.RecordingDeleted, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []fact.RecordingDeleted{{ID: "r0", User: "dana", Reason: "she asked"}}, f.err
}

// Agents hear their own calls and know of no others; supervisors and admins hear all.
func TestWhoHearsWhichRecordings(t *testing.T) {
	box := &fakeRecordings{}
	inBubble(t, func(o *Options) { o.Recordings = box }, func(l *lab) {
		for user, hears := range map[string]string{"aiko": "r1", "ben": "r2", "dana": "r1 r2 r3", "root": "r1 r2 r3"} {
			c := l.loggedIn(user)
			list := c.do("GET", "/api/recordings?agent=", "")
			for _, id := range []string{"r1", "r2", "r3"} {
				may := strings.Contains(hears, id)
				if got := strings.Contains(list.body, `"id":"`+id+`"`); list.status != 200 || got != may {
					l.t.Errorf("%s lists %s: %v, want %v (%d)", user, id, got, may, list.status)
				}
				want := 404
				if may && id != "r3" {
					want = 200
				}
				for _, path := range []string{"/sound", "/metadata", "/wave", "/sound?legs=all", "/wave?legs=all"} {
					if a := c.do("GET", "/api/recordings/"+id+path, ""); a.status != want {
						l.t.Errorf("%s, %s%s: %d, want %d", user, id, path, a.status, want)
					}
				}
			}
			if a := c.do("GET", "/api/recordings?agent=ben", ""); strings.Contains(a.body, `"r2"`) != strings.Contains(hears, "r2") {
				l.t.Errorf("%s asks for ben's: %s", user, a.body)
			}
			want := 403
			if len(hears) > 2 {
				want = 204
			}
			if a := c.do("DELETE", "/api/recordings/r1", `{"reason":"she asked"}`); a.status != want {
				l.t.Errorf("%s deletes: %d %s, want %d", user, a.status, a.body, want)
			}
		}
		for _, path := range []string{"/api/recordings", "/api/recordings.csv", "/api/recordings/r1", "/api/recordings/r1/sound", "/api/recordings/r1/metadata"} {
			if a := l.client().do("GET", path, ""); a.status != 401 {
				l.t.Errorf("%s without a login: %d", path, a.status)
			}
		}
	})
}

func TestRecordingFiles(t *testing.T) {
	box := &fakeRecordings{}
	inBubble(t, func(o *Options) { o.Recordings = box }, func(l *lab) {
		c := l.loggedIn("dana")
		a := c.do("GET", "/api/recordings/r1/sound?download=1", "", "Range", "bytes=2-4")
		if a.status != 206 || a.body != "234" || a.header.Get("Content-Type") != "audio/wav" || !strings.Contains(a.header.Get("Content-Disposition"), "attachment; filename*=utf-8''c_%E6%A3%AE%20") {
			l.t.Errorf("%d %q %v", a.status, a.body, a.header)
		}
		if a := c.do("GET", "/api/recordings.csv", ""); a.status != 200 || !strings.Contains(a.body, "r1,2026-01-02T03:04:05Z,3.0,aiko,+819012345678,'=cmd(),") || !strings.Contains(a.body, ",,'=1+1,,") || !strings.Contains(a.body, ",1 1.0-2.0 hold,3.0 transfer Ben") {
			l.t.Errorf("%d %s", a.status, a.body)
		}
		if a := c.do("GET", "/api/recordings?customer=many", ""); a.status != 200 || strings.Count(a.body, `"id"`) != recordingsMost || !strings.Contains(a.body, `"more":true`) {
			l.t.Errorf("many: %d, %d of them", a.status, strings.Count(a.body, `"id"`))
		}
		if a := c.do("GET", "/api/recordings?queue=support&from=2026-01-01T00:00:00Z&to=yesterday", ""); a.status != 422 {
			l.t.Errorf("a time that is none: %d %s", a.status, a.body)
		}
		if a := c.do("GET", "/api/recordings", ""); strings.Contains(a.body, ".wav") {
			l.t.Errorf("the list tells paths: %s", a.body)
		}
		if a := c.do("GET", "/api/recordings/r1/sound?legs=all&download=1", ""); a.body != "together" || !strings.Contains(a.header.Get("Content-Disposition"), "attachment") {
			l.t.Errorf("all legs: %d %s %v", a.status, a.body, a.header)
		}
		for path, want := range map[string]string{"r1/wave?points=10": "r1", "r4/wave?legs=all&points=10": "r1 r4", "r5/wave?legs=all&points=10": "r5"} {
			a := c.do("GET", "/api/recordings/"+path, "")
			for _, id := range []string{"r1", "r4", "r5"} {
				lane := `{"part":"` + id + `","from":0,"seconds":0,"peaks":[0,0,0,0,0,0,0,0,0,0]}`
				if got := strings.Contains(a.body, lane); a.status != 200 || got != strings.Contains(want, id) {
					l.t.Errorf("%s: %d %s, want %s", path, a.status, a.body, want)
				}
			}
		}
		if a := c.do("GET", "/api/recordings/r1/wave?points=5", ""); a.status != 422 {
			l.t.Errorf("five points: %d", a.status)
		}
		box.mu.Lock()
		box.err = errors.New("disk I/O error")
		box.mu.Unlock()
		for _, path := range []string{"/api/recordings", "/api/recordings/r1/sound", "/api/recording-deletions?since=2026-01-01T00:00:00Z"} {
			if a := c.do("GET", path, ""); a.status != 503 || strings.Contains(a.body, "disk") {
				l.t.Errorf("%s of a database that fails: %d %s", path, a.status, a.body)
			}
		}
	})
}

func TestDeletingAndHolding(t *testing.T) {
	box := &fakeRecordings{}
	inBubble(t, func(o *Options) { o.Recordings = box }, func(l *lab) {
		c := l.loggedIn("dana")
		for _, r := range []struct {
			method, path, body string
			want               int
		}{
			{"DELETE", "/api/recordings/r1", `{"reason":"x"}`, 422},
			{"DELETE", "/api/recordings/r2", `{"reason":"she asked"}`, 409},
			{"DELETE", "/api/recordings/r9", `{"reason":"she asked"}`, 404},
			{"PUT", "/api/recordings/r1/hold", `{"hold":true,"reason":"a lawsuit"}`, 204},
			{"PUT", "/api/recordings/r2/hold", `{"hold":false,"reason":"it is over"}`, 204},
			{"GET", "/api/recording-deletions?since=2026-01-01T00:00:00Z", "", 200},
		} {
			if a := c.do(r.method, r.path, r.body); a.status != r.want {
				l.t.Errorf("%s %s: %d %s, want %d", r.method, r.path, a.status, a.body, r.want)
			}
		}
		box.mu.Lock()
		defer box.mu.Unlock()
		if len(box.deleted) != 0 || len(box.held) != 2 || box.held[0].User != "dana" || box.held[0].At.IsZero() || !box.held[1].At.IsZero() {
			l.t.Errorf("deleted %v, held %+v", box.deleted, box.held)
		}
		if did := l.trail.acts(); !slices.Equal(did, []string{"dana recording-hold aiko customer: a lawsuit", "dana recording-unhold ben : it is over"}) {
			l.t.Errorf("the audit trail has %q", did)
		}
	})
}

// A disk that refuses is said in words, and nothing is said to be deleted.
func TestDeletingFails(t *testing.T) {
	box := &fakeRecordings{stuck: errors.New("read-only file system")}
	inBubble(t, func(o *Options) { o.Recordings = box }, func(l *lab) {
		if a := l.loggedIn("dana").do("DELETE", "/api/recordings/r1", `{"reason":"she asked"}`); a.status != 503 || strings.Contains(a.body, "read-only") {
			l.t.Errorf("%d %s", a.status, a.body)
		}
	})
}
