//go:build e2e

package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// baresip is a running one with a tone for a microphone.
type baresip struct {
	t       *testing.T
	dir     string
	sip     string // where it can be called
	control net.Conn
	out     *tail
}

// modules of baresip, in the folder where Debian has them.
const modules = "/usr/lib/baresip/modules"

// startBaresip starts one on a loopback address of its own. srtp is empty (plain), srtp (AVP with keys) or srtp-mand (SAVP).
func startBaresip(t *testing.T, user, srtp string, hz float64) *baresip {
	t.Helper()
	needs(t, "baresip")
	if _, err := os.Stat(modules + "/srtp.so"); err != nil {
		t.Skipf("baresip has no SRTP: %v", err)
	}
	ports := freePorts(t, 2)
	p := &baresip{t: t, dir: t.TempDir(), sip: fmt.Sprintf("127.0.0.1:%d", ports[0])}
	writeLongTone(t, filepath.Join(p.dir, "mic.wav"), hz)
	config := fmt.Sprintf(`
poll_method epoll
sip_listen %s
audio_player nil,nil
audio_source aufile,%[2]s/mic.wav
audio_alert nil,nil
auplay_channels 1
ausrc_channels 1
rtp_stats yes
auenc_format s16
audec_format s16
ausrc_format s16
auplay_format s16
jitter_buffer_delay 5-10
module_path %s
module g711.so
module aufile.so
module sndfile.so
module srtp.so
module ctrl_tcp.so
module_app account.so
module_app menu.so
module_app auloop.so
ctrl_tcp_listen 127.0.0.1:%d
snd_path %[2]s
`, p.sip, p.dir, modules, ports[1])
	account := "<sip:" + user + "@" + p.sip + ">;regint=0;answermode=auto;audio_codecs=PCMU/8000/1;ptime=20"
	if srtp != "" {
		account += ";mediaenc=" + srtp
	}
	for name, text := range map[string]string{"config": config, "accounts": account + "\n", "contacts": ""} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.out = startProcess(t, "baresip", "-v", "-f", p.dir)
	eventually(t, "baresip starts", func() error {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ports[1]))
		p.control = c
		return err
	})
	t.Cleanup(func() { _ = p.control.Close() })
	return p
}

// freePorts are ports that nobody has, neither in TCP nor in UDP.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// writeLongTone writes a minute of a tone at 8 kHz.
func writeLongTone(t *testing.T, path string, hz float64) {
	t.Helper()
	const samples = 60 * 8000
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, 36+2*samples)...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, 8000)
	b = binary.LittleEndian.AppendUint32(b, 16000)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, 2*samples)
	for i := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*hz*float64(i)/8000))))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// do gives baresip a command.
func (p *baresip) do(command, params string) {
	p.t.Helper()
	b, err := json.Marshal(map[string]string{"command": command, "params": params, "token": "x"})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.control, "%d:%s,", len(b), b); err != nil {
		p.t.Fatal(err)
	}
}

// hears waits until baresip hears a tone.
func (p *baresip) hears(hz float64) {
	p.t.Helper()
	eventually(p.t, "baresip hears the tone", func() error {
		files, _ := filepath.Glob(filepath.Join(p.dir, "dump*dec.wav"))
		if len(files) == 0 {
			return errorf("it hears nothing")
		}
		x, rate, err := newestSecond(files[0])
		if err != nil {
			return err
		}
		if share := tone(x, hz, rate); share < 0.9 || level(x) < -30 {
			return errorf("%.0f Hz has %.0f %% of the energy at %.0f dBFS, %d Hz sampled", hz, 100*share, level(x), rate)
		}
		return nil
	})
}

// newestSecond is the last second of the first channel of a WAV file that is still being written, whatever its rate, channels and kind of samples are.
func newestSecond(path string) (x []float64, rate int, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	at := bytes.Index(raw, []byte("data"))
	if at < 36 || len(raw) < at+8 {
		return nil, 0, errorf("%s has %d bytes only", path, len(raw))
	}
	le := binary.LittleEndian
	kind, channels, bits := le.Uint16(raw[20:]), int(le.Uint16(raw[22:])), int(le.Uint16(raw[34:]))
	rate = int(le.Uint32(raw[24:]))
	step := channels * bits / 8
	raw = raw[at+8:]
	if raw = raw[:len(raw)/step*step]; len(raw) < rate*step {
		return nil, 0, errorf("%s has not a second yet", path)
	}
	for raw = raw[len(raw)-rate*step:]; len(raw) > 0; raw = raw[step:] {
		switch {
		case kind == 3 && bits == 32:
			x = append(x, float64(math.Float32frombits(le.Uint32(raw))))
		case bits == 16:
			x = append(x, float64(int16(le.Uint16(raw)))/32768)
		default:
			return nil, 0, errorf("%s: %d bits of kind %d", path, bits, kind)
		}
	}
	return x, rate, nil
}

// bridging is a server that leads 9… from any of our peers to another phone.
func bridging(t *testing.T, to *baresip, inbound, outbound string) *server {
	t.Helper()
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	with := strings.NewReplacer(
		"accept: {addresses: [127.0.0.0/8]}\n", "accept: {addresses: [127.0.0.0/8]}\n    srtp: "+inbound+"\n  far: {servers: [\""+to.sip+"\"], srtp: "+outbound+"}\n",
		"numbers:\n", "numbers:\n  \"9*\": {to: {trunk: far}, recording: {calls: []}}\n",
	).Replace(string(text))
	if err := os.WriteFile(s.file, []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"aiko", "ben"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()
	return s
}

// Two real phones with SDES (RFC 4568) hear each other through our trunks, whichever way each wants it.
func TestSoftphonesWithSDES(t *testing.T) {
	if !alone(t, "baresip") {
		return
	}
	for name, c := range map[string]struct{ caller, inbound, outbound, callee string }{
		"SAVP on both sides":          {"srtp-mand", "required", "required", "srtp-mand"},
		"keys in AVP on both sides":   {"srtp", "optional", "optional", "srtp"},
		"SAVP in, plain out":          {"srtp-mand", "optional", "off", ""},
		"plain in, SAVP out":          {"", "optional", "required", "srtp-mand"},
		"keys for a plain phone":      {"", "off", "optional", ""},
		"SAVP in, keys in AVP beyond": {"srtp-mand", "required", "optional", "srtp"},
	} {
		t.Run(name, func(t *testing.T) {
			callee := startBaresip(t, "900001", c.callee, 900)
			s := bridging(t, callee, c.inbound, c.outbound)
			caller := startBaresip(t, "me", c.caller, 500)
			caller.do("dial", "sip:900001@"+s.sip()+";transport=udp")
			callee.hears(500)
			caller.hears(900)
			caller.do("hangup", "")
		})
	}
}

// A trunk says no to what it doesn't want.
func TestTrunkRefusesByItsPolicy(t *testing.T) {
	if !alone(t, "baresip") {
		return
	}
	for name, c := range map[string]struct{ caller, inbound string }{
		"SAVP where it is off":       {"srtp-mand", "off"},
		"plain where it is required": {"", "required"},
	} {
		t.Run(name, func(t *testing.T) {
			callee := startBaresip(t, "900001", "", 900)
			s := bridging(t, callee, c.inbound, "off")
			caller := startBaresip(t, "me", c.caller, 500)
			caller.do("dial", "sip:900001@"+s.sip()+";transport=udp")
			eventually(t, "the call is refused", func() error {
				if !caller.out.has("488") {
					return errorf("baresip said:\n%s", caller.out)
				}
				return nil
			})
		})
	}
}
