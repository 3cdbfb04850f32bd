package prompt

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediasrv/media/wav"
)

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip(p + " is not installed")
		}
	}
}

// writeWAV makes a file of one second.
func writeWAV(t *testing.T, path string, pcm []int16, rate int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := wav.NewWriter(f, rate, 1)
	if _, err := w.Write(pcm); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestLoadFormats(t *testing.T) {
	need(t, "ffmpeg", "sox")
	dir := t.TempDir()
	source := filepath.Join(dir, "source.wav")
	writeWAV(t, source, sine(700, 16000, 16000, 3000), 16000)
	make := func(name string, args ...string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if out, err := exec.Command(args[0], append(args[1:], path)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return path
	}
	ff := []string{"ffmpeg", "-v", "error", "-y", "-i", source}
	paths := []string{
		source, make("a.mp3", ff...), make("a.mp2", ff...), make("a.m4a", ff...),
		make("a.m4r", append(ff, "-f", "ipod")...), make("a.voc", ff...), make("a.ircam", append(ff, "-f", "ircam")...),
		make("adpcm.wav", append(ff, "-c:a", "adpcm_ms")...), make("float.WAV", append(ff, "-c:a", "pcm_f32le")...),
		make("a.vox", "sox", source, "-r", "8000", "-t", "vox"), make("-v error.mp3", ff...), make("http:x.mp3", append(ff, "-f", "mp3", "-y")...),
	}
	for _, path := range paths {
		p, err := Load(t.Context(), path)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		if p.Length() < time.Second || p.Length() > 1200*time.Millisecond || level(p.PCM()[2000:6000], 700) < 4500 {
			t.Errorf("%s: %v, 700 Hz at %.0f; want 1 s at the level of speech, 5200", filepath.Base(path), p.Length(), level(p.PCM()[2000:6000], 700))
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	need(t, "ffmpeg")
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := filepath.Join(dir, "secret.wav")
	writeWAV(t, secret, sine(700, 8000, 8000, 3000), 8000)
	tests := []struct {
		path string
		want error
		says string
	}{
		{filepath.Join(dir, "none.mp3"), os.ErrNotExist, "no such file"},
		{dir, ErrNotAudio, "not a regular file"},
		{put("empty.wav", nil), ErrEmpty, "has no audio"},
		{put("big.wav", make([]byte, MaxFile+1)), ErrTooBig, "larger than 4 MB"},
		{put("text.mp3", []byte("this is no music")), ErrNotAudio, "is not audio that ffmpeg can read: "},
		{put("text.wav", []byte("RIFF....WAVEjunk")), ErrNotAudio, "is not audio that ffmpeg can read: "},
		{put("list.mp3", []byte("#EXTM3U\n#EXTINF:1,\nfile://"+secret+"\n#EXT-X-ENDLIST\n")), ErrNotAudio, "is not audio"},
		{put("concat.mp3", []byte("ffconcat version 1.0\nfile secret.wav\n")), ErrNotAudio, "is not audio"},
	}
	for _, test := range tests {
		_, err := Load(t.Context(), test.path)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) || !strings.HasPrefix(err.Error(), test.path+": ") {
			t.Errorf("%s: %v, want %v", test.path, err, test.want)
		}
		if err != nil && strings.Contains(strings.TrimPrefix(err.Error(), test.path), "0x") {
			t.Errorf("an address in %v", err)
		}
	}
}

// program puts a program of a test into the path, alone.
func program(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestLoadPrograms(t *testing.T) {
	mp3 := filepath.Join(t.TempDir(), "hold.mp3")
	if err := os.WriteFile(mp3, []byte("music"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, script string
		want         error
		says         string
	}{
		{"missing", "", ErrNoProgram, mp3 + ": ffmpeg is not installed: apt-get install ffmpeg"},
		{"endless", "while :; do echo 0123456789012345678901234567890123456789; done", ErrTooLong, "is longer than"},
		{"silent", "exit 0", ErrEmpty, "has no audio"},
		{"fails quietly", "exit 3", ErrNotAudio, "exit status 3"},
		{"complains", "echo; echo '[mp3 @ 0x55] Header missing' >&2; exit 1", ErrNotAudio, "read: Header missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			program(t, "ffmpeg", test.script)
			if _, err := Load(t.Context(), mp3); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want %v: %s", err, test.want, test.says)
			}
		})
	}
}

func TestLoadEnds(t *testing.T) {
	mp3 := filepath.Join(t.TempDir(), "hold.mp3")
	if err := os.WriteFile(mp3, []byte("music"), 0o600); err != nil {
		t.Fatal(err)
	}
	program(t, "ffmpeg", "exec /bin/sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := Load(ctx, mp3); err == nil || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
