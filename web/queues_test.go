package web

import (
	"strings"
	"testing"
	"time"
)

func TestSupervisorClosesAQueue(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		dana := l.loggedIn("dana")
		until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		const closing = "/api/queues/support/notices/closed"
		if a := dana.do("PUT", closing, `{"until":"`+until+`","say":"Lunch."}`); a.status != 204 {
			t.Fatal(a.status, a.body)
		}
		n := l.ops.notices[0]
		if n.By != "dana" || n.Say != "Lunch." || n.Kind != "closed" || n.Until.Format(time.RFC3339) != until {
			t.Errorf("%+v", n)
		}
		if a := dana.do("GET", "/api/queues", ""); !strings.Contains(a.body, `"name":"support","open":false,"why":"closed by dana"`) || !strings.Contains(a.body, `"incident":null`) {
			t.Error(a.body)
		}
		for what, c := range map[string]struct {
			path, body string
			status     int
		}{
			"another queue":   {"/api/queues/none/notices/closed", `{"until":"` + until + `"}`, 409},
			"another kind":    {"/api/queues/support/notices/other", `{"until":"` + until + `"}`, 422},
			"no time":         {closing, `{}`, 422},
			"a server's file": {closing, `{"until":"` + until + `","file":"/etc/passwd"}`, 403},
			"a long text":     {closing, `{"until":"` + until + `","say":"` + strings.Repeat("x", 2001) + `"}`, 422},
		} {
			if a := dana.do("PUT", c.path, c.body); a.status != c.status {
				t.Errorf("%s: %d %s", what, a.status, a.body)
			}
		}
		if a := dana.do("DELETE", closing, ""); a.status != 204 || len(l.ops.notices) != 0 {
			t.Error(a.status, a.body)
		}
		if a := l.loggedIn("aiko").do("PUT", closing, `{"until":"`+until+`"}`); a.status != 403 {
			t.Errorf("an agent: %d", a.status)
		}
	})
}
