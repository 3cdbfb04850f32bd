package identity

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestE164(t *testing.T) {
	for in, want := range map[string]string{
		"+81312345678": "+81312345678", "0312345678": "+81312345678", "03-1234-5678": "+81312345678", "81312345678": "+81312345678",
		"09012345678": "+819012345678", "010442071838750": "+442071838750", "+44 20 7183 8750": "+442071838750",
		"100": "100", "alice": "alice", "": "", "*21#": "*21#", "+": "+", "110": "110", "99999999999999999999999": "99999999999999999999999",
	} {
		if got := E164(in, "JP"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func request(t *testing.T, uri, from, extra string) *sip.Request {
	t.Helper()
	m, err := sip.ParseMessage([]byte("INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: " + from + ";tag=1\r\nTo: <sip:0312345678@h>\r\n" +
		"Call-ID: c\r\nCSeq: 1 INVITE\r\n" + extra + "Content-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req, ok := m.(*sip.Request)
	if !ok {
		t.Fatal(m)
	}
	return req
}

func TestInvite(t *testing.T) {
	for _, c := range []struct{ uri, from, extra, to, number, name string }{
		{"sip:0312345678@h", `"Bob" <sip:09012345678@h>`, "", "+81312345678", "+819012345678", "Bob"},
		{"sip:+81312345678;npdi@h;user=phone", "<sip:%2B819012345678@h>", "", "+81312345678", "+819012345678", ""},
		{"tel:+81312345678", "<tel:+81-90-1234-5678;phone-context=x>", "", "+81312345678", "+819012345678", ""},
		{"sip:h", "<sip:1@h>", "", "+81312345678", "1", ""}, // the number is in To
		{"sip:1@h", "<sip:acct@h>", "P-Asserted-Identity: \"Al\" <sip:0398765432@h>\r\n", "1", "+81398765432", "Al"},
		{"sip:1@h", "<sip:acct@h>", "P-Asserted-Identity: tel:+81398765432\r\n", "1", "+81398765432", ""},
		{"sip:1@h", `"Anonymous" <sip:anonymous@anonymous.invalid>`, "", "1", "", ""},
		{"sip:1@h", "<sip:0398765432@h>", "Privacy: id;critical\r\n", "1", "", ""},
		{"sip:1@h", "<sip:0398765432@h>", "Privacy: none\r\n", "1", "+81398765432", ""},
		{"sip:1@h", "<sip:h>", "", "1", "", ""},
	} {
		in := Read(request(t, c.uri, c.from, c.extra), plainTrunk(), "JP")
		if in.To != c.to || in.From.Number != c.number || in.From.Name != c.name || in.Withheld != (c.number == "") {
			t.Errorf("%s %s %s: %+v", c.uri, c.from, strings.TrimSpace(c.extra), in)
		}
	}
}
