package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What callers could not be served with is refused with its place: in the file, and in what it names.
func TestCheckRefusesWhatCallersCouldNotBeServedWith(t *testing.T) {
	const head = "numbers: {\"+815012345678\": {to: {queue: support}}}\nqueues: {support: {agents: [aiko]}}\nusers: {aiko:}\n"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "noise.wav"), []byte("no audio"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "m.yml")
	for name, c := range map[string]struct{ text, want string }{
		"queue":          {strings.Replace(head, "queue: support", "queue: suport", 1), `m.yml:1:41: numbers.+815012345678.to.queue: there is no queue "suport"`},
		"agent":          {strings.Replace(head, "[aiko]", "[aiko, nobody]", 1), `m.yml:2:35: queues.support.agents[1]: there is no user "nobody"`},
		"prompt":         {head + "waiting_strategies: {w: {music: {file: gone.wav}}}\n", "m.yml:4:40: waiting_strategies.w.music.file: "},
		"file type":      {head + "waiting_strategies: {w: {music: {file: a.exe}}}\n", `m.yml:4:40: waiting_strategies.w.music.file: "a.exe" "exe" is no type of audio`},
		"content":        {head + "waiting_strategies: {w: {music: {file: noise.wav}}}\n", "m.yml:4:40: " + dir + "/noise.wav: is not audio"},
		"menu to itself": {head + "menus: {m: {say: x, keys: {1: {queue: support}}, no_key: {menu: m}}}\n", "m.yml:4:65: menus.m.no_key.menu: callers who press nothing go round"},
		"engine":         {head + "company: {speech: {engine: command, command: [/no/such/engine]}}\n", "m.yml:4:19: company.speech: tts: no speech engine: /no/such/engine"},
		"hours":          {head + "hours: {h: {week: {}}}\n", "m.yml:4:9: hours.h: is never open"},
		"holidays":       {head + "hours: {h: {week: {mon: [\"09:00-17:00\"]}, holidays: gone.ics}}\n", "m.yml:4:53: hours.h.holidays: "},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := invoke(t, "", "check", path); got.code != 1 || !strings.Contains(got.err, c.want) {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}
