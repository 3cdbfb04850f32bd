package transaction

import (
	"errors"
	"strings"
	"testing"
)

// cut feeds a stream in pieces of a size and returns what the framer finds: messages as they are, ping, pong, and the error of a broken one.
func cut(stream string, size int, pinged bool) ([]string, error) {
	var f framer
	var out []string
	for len(stream) > 0 {
		n := min(size, len(stream))
		f.feed([]byte(stream[:n]))
		stream = stream[n:]
		for {
			kind, data, err := f.next(pinged)
			if kind == nothingYet {
				break
			}
			switch kind {
			case message:
				out = append(out, string(data))
			case ping:
				out = append(out, "ping")
			case pong:
				out = append(out, "pong")
			case broken:
				return append(out, "broken"), err
			case nothingYet:
			}
		}
	}
	return out, nil
}

const (
	short = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n"
	body  = "INFO sip:a SIP/2.0\r\nl : \r\n 5\r\nVia: x\r\n\r\n\r\n\r\n1"
)

// Messages come in pieces of any size, many in one segment, with keep-alives between them (RFC 3261, 18.3; RFC 5626, 3.5.1).
func TestFramesOfAnySize(t *testing.T) {
	stream := short + "\r\n\r\n" + body + short + "\r\n\r\n\r\n\r\n" + body
	want := strings.Join([]string{short, "ping", body, short, "ping", "ping", body}, "|")
	for size := 1; size <= len(stream); size++ {
		got, err := cut(stream, size, false)
		// A ping whose halves come apart is seen as a pong and a ping: the answer is the same.
		if err != nil || strings.ReplaceAll(strings.Join(got, "|"), "pong|", "") != want {
			t.Fatalf("size %d: %q %v", size, got, err)
		}
	}
}

func TestPongs(t *testing.T) {
	got, err := cut("\r\n"+short+"\r\n", 1000, true)
	if err != nil || strings.Join(got, "|") != "pong|"+short+"|pong" {
		t.Errorf("%q %v", got, err)
	}
}

func TestBrokenStreams(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		want   error
	}{
		"no length":    {"OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n", errNoLength},
		"negative":     {"OPTIONS sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n", errBadLength},
		"words":        {"OPTIONS sip:a SIP/2.0\r\nl: many\r\n\r\n", errBadLength},
		"huge":         {"OPTIONS sip:a SIP/2.0\r\nl: 99999999999999999999\r\n\r\n", errBadLength},
		"two":          {"OPTIONS sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 2\r\n\r\n", errTwoLengths},
		"too long":     {"OPTIONS sip:a SIP/2.0\r\nContent-Length: 65535\r\n\r\n", errTooLong},
		"endless":      {strings.Repeat("x", maxHead+1), errHeadTooLong},
		"many heads":   {"OPTIONS sip:a SIP/2.0\r\n" + strings.Repeat("X: y\r\n", maxHead/6) + "\r\n", errHeadTooLong},
		"after a ping": {"\r\n\r\nOPTIONS sip:a SIP/2.0\r\n\r\n", errNoLength},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{1, 7, 100_000} {
				got, err := cut(c.stream, size, false)
				if !errors.Is(err, c.want) || len(got) == 0 || got[len(got)-1] != "broken" {
					t.Errorf("size %d: %q %v", size, got, err)
				}
			}
		})
	}
}

// Two equal lengths are one.
func TestSameLengthTwice(t *testing.T) {
	msg := "OPTIONS sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 1\r\n\r\nx"
	if got, err := cut(msg, 1000, false); err != nil || len(got) != 1 {
		t.Errorf("%q %v", got, err)
	}
}

func TestAliasPort(t *testing.T) {
	for via, want := range map[string]uint16{
		"Via: SIP/2.0/TLS 192.0.2.1:5071;branch=z9hG4bK1;alias": 5071, "v: SIP/2.0/TLS proxy.example;alias;branch=z": 5061,
		"Via: SIP/2.0/TCP [2001:db8::1];Alias": 5060, "Via: SIP/2.0/TCP [2001:db8::1]:7000 ; alias ": 7000,
		"Via: SIP/2.0/TCP 192.0.2.1:5071;branch=alias": 0, "Via: SIP/2.0/TCP 192.0.2.1:5071, SIP/2.0/TCP x;alias": 0,
		"Via: SIP/2.0/TCP 192.0.2.1:99999;alias": 0, "Via: ;alias": 0, "From: x;alias": 0,
	} {
		if got := aliasPort([]byte("OPTIONS sip:a SIP/2.0\r\n" + via + "\r\n\r\n")); got != want {
			t.Errorf("%s: %d, want %d", via, got, want)
		}
	}
}

func FuzzFramer(f *testing.F) {
	for _, s := range []string{
		short, body, short + "\r\n\r\n" + body, "\r\n", "\r\n\r\n", "\r", "OPTIONS sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n",
		"INVITE sip:a SIP/2.0\r\nl: 3\r\n\r\nab", strings.Repeat("x", 20000), "A\r\nContent-Length:\r\n 1\r\n\r\nxB",
	} {
		f.Add([]byte(s), 3, false)
	}
	f.Fuzz(func(t *testing.T, data []byte, size int, pinged bool) {
		size = max(1, min(size, 70000))
		whole, errWhole := cut(string(data), max(len(data), 1), true)
		parts, errParts := cut(string(data), size, true)
		if (errWhole == nil) != (errParts == nil) {
			t.Fatalf("whole: %v, in pieces: %v", errWhole, errParts)
		}
		if errWhole == nil && strings.Join(whole, "|") != strings.Join(parts, "|") {
			t.Fatalf("whole %q, in pieces %q", whole, parts)
		}
		all, _ := cut(string(data), size, pinged)
		total := 0
		for _, m := range all {
			if strings.Contains(m, "\r\n\r\n") {
				total += len(m)
			}
		}
		if total > len(data) {
			t.Fatal("more bytes came out than went in")
		}
	})
}
