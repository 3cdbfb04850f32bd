//go:build e2e

package e2e

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	cardDigits = "4929136475801234"
	cardText   = "Please type the number of your card."
	laterText  = "Nobody can check that right now."
)

// A caller types a card's number into a menu whose HTTP service says where the call goes. The service gets it, once, with the secret of the file; nothing
// else that is written has it: not the log at its most talkative, not the database, not the recordings' folder. A service that hangs costs its time limit.
func TestServiceAndMaskedDigits(t *testing.T) {
	if !alone(t) {
		return
	}
	var mu sync.Mutex
	var got []string
	hang := false
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		got = append(got, r.Header.Get("Authorization")+" "+string(body))
		wait := hang
		mu.Unlock()
		if wait {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, `{"voicemail": "box", "say": "`+goodbyeText+`"}`)
	}))
	t.Cleanup(service.Close)
	s := prepare(t, options{Env: []string{"CRM_TOKEN=Bearer t0ken"}})
	t.Setenv("CRM_TOKEN", "Bearer t0ken") // of passwd, which reads the file too
	s.changed("numbers:\n", "numbers:\n  \"+815012345690\": {to: {menu: card}}\n", "queues:\n", `menus:
  card:
    say: "`+cardText+`"
    wait: 4s
    collect: {digits: 12-19, masked: true}
    ask: {url: "`+service.URL+`/route", timeout: 8s, headers: {Authorization: env:CRM_TOKEN}, fallback: {say: "`+laterText+`", hang_up: true}}
voicemails:
  box: {queue: quiet}
queues:
`)
	payer := s.call("+815012345690", "--digits", "wwwwww"+cardDigits+"#", "--tone", "440", "--for", "25s")
	payer.ended()
	payer.heardText(s, cardText, true)
	payer.heardText(s, goodbyeText, true)
	mu.Lock()
	if len(got) != 1 || !strings.HasPrefix(got[0], "Bearer t0ken {") || !strings.Contains(got[0], `"digits":"`+cardDigits+`"`) {
		t.Errorf("the service got %q", got)
	}
	hang = true
	mu.Unlock()
	s.want("1", "SELECT count(*) FROM voicemails")
	s.want(strings.Repeat("•", len(cardDigits)+1), "SELECT group_concat(detail, '') FROM (SELECT detail FROM events WHERE kind = 'digit' ORDER BY sequence)")
	s.want("card: voicemail box", "SELECT substr(detail, 1, 19) FROM events WHERE kind = 'asked'")

	unlucky := s.call("+815012345690", "--digits", "wwwwww"+cardDigits+"#", "--for", "60s")
	unlucky.ended()
	unlucky.heardText(s, laterText, true)
	asked := time.Duration(readWAV(t, unlucky.heard).windows())*window - 10*time.Second // eight of music, then the text
	if gap := readWAV(t, unlucky.heard).longestSilence(0, asked, asked+10*time.Second); gap > time.Second {
		t.Errorf("the caller heard nothing for %s while the service was asked", gap)
	}
	s.want("card: no answer in time: 8s", "SELECT detail FROM events WHERE kind = 'ask-failed'")
	eventually(t, "the message's file", func() error { return s.countRecordings(1) })
	s.neverWrote(cardDigits, "t0ken")
}

// neverWrote checks that texts are in nothing that the server has written.
func (s *server) neverWrote(secrets ...string) {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.opt.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		for _, secret := range secrets {
			if strings.Contains(string(text), secret) {
				s.t.Errorf("%s has %q", path, secret)
			}
		}
		return err
	})
	if err != nil || files < 3 {
		s.t.Errorf("%d files were looked at (%v)", files, err)
	}
	for _, secret := range secrets {
		if s.out.has(secret) {
			s.t.Errorf("the log has %q", secret)
		}
	}
}
