package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediasrv/media/wav"
)

// speaking is the smallest file with a speech engine that says a short tone for whatever it reads.
func speaking(t *testing.T) (file, out string) {
	t.Helper()
	dir := t.TempDir()
	pcm := make([]int16, 4000)
	for i := range pcm {
		pcm[i] = int16(8000 * (i / 10 % 2))
	}
	tone := filepath.Join(dir, "tone.wav")
	if err := os.WriteFile(tone, wav.Encode(pcm, 8000), 0o600); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "data_dir: "+dir+"\ncompany: {speech: {engine: command, command: [cat, "+tone+"]}}\n"+smallest), filepath.Join(dir, "said.wav")
}

func TestSay(t *testing.T) {
	file, out := speaking(t)
	got := invoke(t, "", "say", "Thank you.", "--file", file, "--out", out)
	if got.code != 0 || got.out != out+": 500ms of \"Thank you.\"\n" {
		t.Errorf("%+v", got)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	r, err := wav.NewReader(strings.NewReader(string(written)))
	if err != nil || r.Format().Rate != 8000 {
		t.Fatalf("%v", err)
	}
	if pcm, err := r.ReadMono(8000); err != nil || len(pcm) != 4000 {
		t.Errorf("%d samples, %v", len(pcm), err)
	}
	if got := invoke(t, "From a pipe.\n", "say", "-", "--file", file, "--out", "-"); got.code != 0 || got.out != string(written) {
		t.Errorf("by pipes: exit code %d, %d bytes; want the same sound of %d", got.code, len(got.out), len(written))
	}
}

func TestSayRefuses(t *testing.T) {
	file, out := speaking(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{" "}, 1, "no text"},
		{[]string{"x", "--rate", "9"}, 2, "--rate must be from 0.5 to 2"},
		{[]string{"x", "--voice", "../x"}, 1, "bad voice"},
		{[]string{"x", "--out", "/no/such/folder/x.wav"}, 1, "write /no/such/folder/x.wav: no such file"},
	} {
		args := append([]string{"say"}, c.args...)
		if got := invoke(t, "", append(args, "--file", file)...); got.code != c.code || !strings.Contains(got.err, c.want) {
			t.Errorf("%q: %+v, want %q", c.args, got, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}
