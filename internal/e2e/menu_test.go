//go:build e2e

package e2e

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/tts"
)

// menusText is what callers of the menu tests can meet. The times of work are yesterday's and tomorrow's.
const menusText = `
menus:
  main:
    say: "Welcome to the main menu. For the quiet queue press one."
    wait: 3s
    keys: {1: {queue: talkative}, 2: {say: "Our office stands in Tokyo near the station."}, 3: {say: "Thank you and goodbye.", hang_up: true}}
    wrong_key: {say: "Nobody knows this key."}
hours:
  other:
    week: {mon-sun: ["00:00-24:00"]}
    closed: [TODAY, TOMORROW]
    away: {say: "We are on holiday and will come back soon. Press one for the menu.", wait: 3s, keys: {1: {menu: main}}}
`

// menus starts a server with menus, hours and announcements.
func menus(t *testing.T) *server {
	t.Helper()
	return menusWith(t)
}

// menusWith is menus with more in its file: pairs of a text and what stands in its place.
func menusWith(t *testing.T, replace ...string) *server {
	t.Helper()
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	dates := strings.NewReplacer("TODAY", now.Format(time.DateOnly), "TOMORROW", now.AddDate(0, 0, 1).Format(time.DateOnly))
	with := strings.NewReplacer(
		"numbers:\n", "numbers:\n  \"+815012345690\": {to: {menu: main}}\n  \"+815012345691\": {to: {queue: closed}}\n",
		"waiting_strategies:\n", "waiting_strategies:\n  talk: {announcements: [{every: 5s, say: \"You are number {position} in our queue today.\"}]}\n",
		"queues:\n", "queues:\n  talkative: {agents: [aiko], waiting: talk}\n  closed: {agents: [aiko], hours: other}\n",
	).Replace(strings.NewReplacer(replace...).Replace(string(text))) + dates.Replace(menusText)
	if err := os.WriteFile(s.file, []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	s.launch()
	return s
}

// spoken is the first second of a text as the server says it.
func (s *server) spoken(text string) []int16 {
	s.t.Helper()
	engine, err := tts.New(config.Speech{Engine: "espeak-ng", Language: "en", Rate: 1}, filepath.Join(s.opt.Dir, "speech"), slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := engine.Speak(s.t.Context(), prompt.Speech{Text: text, Language: "en", Rate: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	return loud(p.PCM())
}

// heardText checks whether the caller has heard a text, by correlation.
func (c *caller) heardText(s *server, text string, yes bool) {
	c.t.Helper()
	if like := readWAV(c.t, c.heard).likeness(0, s.spoken(text)); (like > 0.8) != yes {
		c.t.Errorf("%q: likeness %.2f, heard should be %v", text, like, yes)
	}
}

const (
	menuText      = "Welcome to the main menu. For the quiet queue press one."
	addressText   = "Our office stands in Tokyo near the station."
	goodbyeText   = "Thank you and goodbye."
	wrongText     = "Nobody knows this key."
	awayText      = "We are on holiday and will come back soon. Press one for the menu."
	placeText     = "You are number 1 in our queue today."
	placeFileText = "You are number {position} in our queue today."
)

// Callers choose by keys (RFC 4733) and hear what they have chosen; the prompts are recognised in what they recorded.
func TestMenusAndHours(t *testing.T) {
	if !alone(t) {
		return
	}
	s := menus(t)
	informed := s.call("+815012345690", "--digits", "wwwwwwww2wwwwwwww3", "--for", "60s")
	queued := s.call("+815012345690", "--digits", "ww9wwwwww1", "--for", "60s")
	away := s.call("+815012345691", "--for", "60s")
	curious := s.call("+815012345691", "--digits", "www1", "--for", "12s")
	queued.heardFor(25)
	queued.hangUp()
	for _, c := range []*caller{informed, queued, away, curious} {
		c.ended()
	}
	all := []string{menuText, addressText, goodbyeText, wrongText, awayText, placeText, placeFileText}
	for c, heard := range map[*caller][]string{
		informed: {menuText, addressText, goodbyeText}, queued: {menuText, wrongText, placeText}, away: {awayText}, curious: {awayText, menuText},
	} {
		for _, text := range all {
			c.heardText(s, text, slices.Contains(heard, text))
		}
	}
	if gap := readWAV(t, queued.heard).longestSilence(0, 12*time.Second, 24*time.Second); gap > time.Second {
		t.Errorf("the music had a gap of %s around the announcement", gap)
	}
	s.want("1", "SELECT count(*) FROM calls WHERE end_reason = 'completed' AND entry = '+815012345690'")
	s.want("1", "SELECT count(*) FROM calls WHERE end_reason = 'closed' AND queue = 'closed'")
	s.want("1", "SELECT count(*) FROM calls WHERE queue = 'talkative'")
	s.want("menu,digit,key,digit,key", `SELECT group_concat(kind) FROM (SELECT kind FROM events WHERE kind IN ('menu', 'digit', 'key')
		AND call = (SELECT id FROM calls WHERE end_reason = 'completed') ORDER BY sequence)`)
}
