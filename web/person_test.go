package web

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"mediasrv/routing/fact"
)

// fakePersons has one person with four recordings.
type fakePersons struct {
	mu     sync.Mutex
	goesOn int
	held   bool
	err    error
	erased []string
}

func (f *fakePersons) Person(_ context.Context, number string) (fact.Person, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := fact.Person{Number: number}
	for _, part := range []string{"customer", "agent", "merged", "voicemail"} {
		p.Recordings = append(p.Recordings, fact.RecordingView{ID: part, Part: part})
	}
	if f.held {
		p.Recordings[0].Held = &p.Recordings[0].Began
	}
	return p, f.err
}

func (f *fakePersons) PersonGoesOn(context.Context, string) (callbacks, calls int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.goesOn, 0, f.err
}

func (f *fakePersons) ErasePerson(p fact.PersonErased) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.erased = append(f.erased, p.Number)
}

func TestErasingAPerson(t *testing.T) {
	for name, c := range map[string]struct {
		persons *fakePersons
		stuck   error // of deleting
		body    string
		status  int
		says    string
		deleted string
		rows    bool
	}{
		"all":                   {body: `"reason":"a letter"`, status: 200, says: `"deleted":4,"left":0,"held":0,"rows":true`, deleted: "customer agent merged voicemail", rows: true},
		"the customer's voice":  {body: `"reason":"a letter","legs":"customer"`, status: 200, says: `"deleted":3,"left":1`, deleted: "customer merged voicemail", rows: true},
		"under hold":            {persons: &fakePersons{held: true}, body: `"reason":"a letter"`, status: 200, says: `"held":1,"rows":false`, deleted: "agent merged voicemail"},
		"an open callback":      {persons: &fakePersons{goesOn: 1}, body: `"reason":"a letter"`, status: 409, says: "open callbacks"},
		"no reason":             {body: `"reason":""`, status: 422},
		"legs that are none":    {body: `"reason":"a letter","legs":"left"`, status: 422},
		"a disk that refuses":   {stuck: errors.New("read-only"), body: `"reason":"a letter"`, status: 503, says: "0 recordings were deleted", deleted: "customer"},
		"a database that fails": {persons: &fakePersons{err: errors.New("locked")}, body: `"reason":"a letter"`, status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			persons, box := c.persons, &fakeRecordings{stuck: c.stuck}
			if persons == nil {
				persons = &fakePersons{}
			}
			inBubble(t, func(o *Options) { o.Persons, o.Recordings = persons, box }, func(l *lab) {
				a := l.loggedIn("root").do("POST", "/api/person/erase", `{"number":"+819012345678",`+c.body+`}`)
				if a.status != c.status || !strings.Contains(a.body, c.says) || strings.Contains(a.body, "read-only") {
					l.t.Errorf("%d %s, want %d %s", a.status, a.body, c.status, c.says)
				}
				var deleted []string
				for _, d := range box.deleted {
					id, _, _ := strings.Cut(d, " ")
					deleted = append(deleted, id)
				}
				if got := strings.Join(deleted, " "); got != c.deleted {
					l.t.Errorf("deleted %q, want %q", got, c.deleted)
				}
				if (len(persons.erased) == 1) != c.rows {
					l.t.Errorf("rows erased: %v", persons.erased)
				}
				for _, row := range l.trail.done {
					if strings.Contains(row.Detail, "+8190") {
						l.t.Errorf("the trail keeps the person: %+v", row)
					}
				}
			})
		})
	}
}

func TestWhatIsKeptOfAPerson(t *testing.T) {
	inBubble(t, func(o *Options) { o.Persons = &fakePersons{} }, func(l *lab) {
		if a := l.loggedIn("root").do("GET", "/api/person?number=%2B819012345678", ""); a.status != 200 || !strings.Contains(a.body, `"number":"+819012345678"`) {
			l.t.Errorf("%d %s", a.status, a.body)
		}
		if got := l.trail.done; len(got) != 1 || got[0].What != fact.AuditPersonExported || got[0].Who != "root" || strings.Contains(got[0].Detail, "+81") {
			l.t.Errorf("the trail has %+v", got)
		}
		if a := l.loggedIn("dana").do("GET", "/api/person?number=%2B819012345678", ""); a.status != 403 {
			l.t.Errorf("a supervisor: %d", a.status)
		}
	})
}
