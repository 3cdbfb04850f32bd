//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"testing"
)

// agent is somebody's login, without a page.
type deskless struct {
	s    *server
	http http.Client
}

func (s *server) login(user string) *deskless {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	a := &deskless{s: s, http: http.Client{Jar: jar, Transport: insecure.Transport, Timeout: insecure.Timeout}}
	a.does(http.MethodPost, "/api/login", `{"user":"`+user+`","password":"`+password+`"}`)
	return a
}

func (a *deskless) does(method, path, body string) {
	a.s.t.Helper()
	req, err := http.NewRequestWithContext(a.s.t.Context(), method, a.s.url(path), bytes.NewBufferString(body))
	if err != nil {
		a.s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.http.Do(req)
	if err != nil {
		a.s.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		a.s.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
}

// An agent's desk phone gives its call to a colleague's by REFER, as any phone's button for a transfer does: the caller stays, and the phone is told.
func TestDeskPhoneTransfers(t *testing.T) {
	if !alone(t) {
		return
	}
	t.Setenv("AIKOS_PHONE", "aikos-phone-1")
	t.Setenv("BENS_PHONE", "bens-phone-22")
	s := prepare(t, options{})
	s.changed("quiet: {agents: [aiko],", "quiet: {agents: [aiko], transfer: {any_agent: true},", "aiko: {name: Aiko Sato}", "aiko: {name: Aiko Sato, phone: {password: env:AIKOS_PHONE}}", "ben: {name: Ben Okri}", "ben: {name: Ben Okri, phone: {password: env:BENS_PHONE}}")
	phone := func(user, secret string) *sipp {
		ip := fmt.Sprintf("127.0.92.%d", servers.Add(1))
		s.sipp("register", user, "-i", ip, "-au", user, "-ap", secret).succeeded()
		s.login(user).does(http.MethodPut, "/api/me/status", `{"status":"available"}`)
		return s.sipp("desk_phone", user, "-i", ip, "-mi", ip)
	}
	aiko, ben := phone("aiko", "aikos-phone-1"), phone("ben", "bens-phone-22")
	s.sipp("wait_bye", "+815012345679").succeeded() // a queue that aiko alone works in
	aiko.succeeded()
	ben.succeeded()
	s.want("agent-hung-up ben", `SELECT end_reason || ' ' || agent FROM calls`)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'transferred'`)
}
