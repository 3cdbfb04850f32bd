//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A wrong password is said in words, and the right one still works.
func TestWrongPassword(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	a := s.openDesk("aiko", agentTone)
	a.logIn("wrong-wrong-1")
	a.shows("login-error", "password")
	a.logIn(password)
	a.status("available")
}

// What cannot be spoken is refused with the right status; garbage is met with silence; calls go on.
func TestMalformedAndUnknown(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	s.sipp("unknown_codec", quietNumber).succeeded()
	s.sipp("unknown_number", "+81999999999").succeeded()
	c, err := net.Dial("udp", s.sip())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, bad := range []string{
		"", "\r\n\r\n", "garbage", "INVITE sip:x SIP/2.0\r\n\r\n", "INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nCall-ID: bad\r\n\r\n",
		"SIP/2.0 200 OK\r\n\r\n", strings.Repeat("A", 60000), "INVITE sip:+815012345678@h SIP/2.0\r\nContent-Length: 99999999999999\r\n\r\n",
	} {
		if _, err := c.Write([]byte(bad)); err != nil {
			t.Fatal(err)
		}
	}
	s.sipp("talk", quietNumber, "-d", "1000").succeeded()
}

// A trunk that sends no media is noticed, and its call ends.
func TestSilentTrunk(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	s.sipp("silent", quietNumber).succeeded()
	s.want("media-lost", `SELECT end_reason FROM calls`)
}

// Malformed packets on every port cost a call nothing.
func TestBadRTPCostsNothing(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(quietNumber)
	aiko.answers()
	flood(t, s)
	aiko.hears(callerTone)
	aiko.click("hangup")
	c.ended()
}

// flood sends malformed packets to every RTP port of the server.
func flood(t *testing.T, s *server) {
	t.Helper()
	c, err := net.ListenPacket("udp", s.opt.Host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	low, high := portRange(t, s.opt.RTP)
	for port := low; port <= high; port++ {
		to := &net.UDPAddr{IP: net.ParseIP(s.opt.Host), Port: port}
		for _, bad := range []string{"", "\x80", strings.Repeat("\x80\x00", 6), "\x9f" + strings.Repeat("\xff", 30), "\x00\x01\x00\x00", "\x16\xfe\xff" + strings.Repeat("\x00", 20)} {
			_, _ = c.WriteTo([]byte(bad), to)
		}
	}
}

func portRange(t *testing.T, text string) (low, high int) {
	t.Helper()
	if _, err := fmt.Sscanf(text, "%d-%d", &low, &high); err != nil {
		t.Fatal(err)
	}
	return low, high
}

// Without espeak-ng the server says so once, operators have an alarm, and callers hear music instead of the greeting.
func TestMissingSpeech(t *testing.T) {
	if !alone(t) {
		return
	}
	path := t.TempDir() // no program at all
	s := start(t, options{Env: []string{"PATH=" + path}})
	if !s.out.has("espeak-ng") {
		t.Errorf("the log does not name the missing program:\n%s", s.out)
	}
	s.alarmed("speech", true)
	c := s.call(supportNumber, "--tone", "440", "--for", "8s")
	c.ended()
	if n := readWAV(t, c.heard).loudWindows(0); n < 25 {
		t.Errorf("the caller heard sound in %d windows only", n)
	}
}

// A port in use ends the start with a sentence that names it.
func TestPortInUse(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	second := prepare(t, options{Host: s.opt.Host})
	out, err := exec.Command(program, "run", second.file).CombinedOutput()
	if err == nil {
		t.Fatal("a second server started on the same ports")
	}
	if !strings.Contains(string(out), "5060") || !strings.Contains(string(out), "in use") {
		t.Errorf("the error does not name the port:\n%s", out)
	}
}

// A full disk disturbs no call: the recording has a gap, the log says so, the call goes on.
func TestFullDisk(t *testing.T) {
	if !alone(t) {
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small disk")
	}
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := start(t, options{Dir: dir})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	fill(t, filepath.Join(dir, "filler"))
	eventually(t, "the log says that the disk is full", func() error {
		if !s.out.has("no space left") {
			return errorf("it doesn't")
		}
		return nil
	})
	aiko.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	aiko.click("hangup")
	c.ended()
	eventually(t, "three recordings", func() error { return s.countRecordings(3) })
	s.want("aiko", `SELECT agent FROM calls`)
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}
