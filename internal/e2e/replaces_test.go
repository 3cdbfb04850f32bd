//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// pbx is a PBX of a few lines: sipp can't name one of its calls in another.
type pbx struct {
	t    *testing.T
	conn *net.UDPConn
	from *net.UDPAddr // of the last message
}

// next is the next message that begins so; others are passed over.
func (p *pbx) next(start string) string {
	p.t.Helper()
	buf := make([]byte, 4000)
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		n, from, err := p.conn.ReadFromUDP(buf)
		if err != nil {
			p.t.Fatalf("%s: %v", start, err)
		}
		if p.from = from; strings.HasPrefix(string(buf[:n]), start) {
			return string(buf[:n])
		}
	}
}

func (p *pbx) send(to net.Addr, text string) {
	p.t.Helper()
	if _, err := p.conn.WriteTo([]byte(strings.ReplaceAll(text, "\n", "\r\n")), to); err != nil {
		p.t.Fatal(err)
	}
}

// line is a header's value.
func line(message, name string) string {
	m := regexp.MustCompile(`(?m)^` + name + `: *(.*)\r$`).FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	return m[1]
}

func tagOf(value string) string { _, tag, _ := strings.Cut(value, ";tag="); return tag }

// ok answers a request.
func (p *pbx) ok(request, tag, body string) {
	p.t.Helper()
	to := line(request, "To")
	if !strings.Contains(to, "tag=") {
		to += ";tag=" + tag
	}
	p.send(p.from, fmt.Sprintf("SIP/2.0 200 OK\nVia: %s\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: %s\nContact: <sip:%s>\n%sContent-Length: %d\n\n%s",
		line(request, "Via"), line(request, "From"), to, line(request, "Call-ID"), line(request, "CSeq"), p.conn.LocalAddr(), kind(body), len(strings.ReplaceAll(body, "\n", "\r\n")), body))
}

func kind(body string) string {
	if body == "" {
		return ""
	}
	return "Content-Type: application/sdp\n"
}

func (p *pbx) sdp(port int) string {
	host, _, _ := net.SplitHostPort(p.conn.LocalAddr().String())
	return fmt.Sprintf("v=0\no=pbx 1 1 IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 0\nm=audio %d RTP/AVP 0\na=rtpmap:0 PCMU/8000\n", host, host, port)
}

// A PBX with two of our callers joins them: REFER with Replaces between two calls that are in different rooms. Each hears the other, and they end together.
func TestCallsJoinedByPBX(t *testing.T) {
	if !alone(t) {
		return
	}
	s := prepare(t, options{})
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP("127.0.91.250"), Port: 5060})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p := &pbx{t: t, conn: conn}
	s.changed("accept: {addresses: [127.0.0.0/8]}", "accept: {addresses: [127.0.88.0/24, 127.0.0.1]}", "numbers:\n", fmt.Sprintf(
		"  pbx: {kind: byoc, probe: 0s, servers: [%q], accept: {addresses: [127.0.91.250]}, transfer: {refer: true}}\nnumbers:\n  \"9*\": {to: {trunk: pbx}, recording: {calls: []}}\n", conn.LocalAddr()))
	up := func(number, tag, tone string) (*caller, string) {
		c := s.call(number, "--tone", tone, "--for", "7s")
		invite := p.next("INVITE")
		p.ok(invite, tag, p.sdp(20000))
		p.next("ACK")
		c.says("answered")
		return c, invite
	}
	a, first := up("900001", "p1", "440")
	b, second := up("900002", "p2", "880")
	p.send(p.from, fmt.Sprintf("REFER sip:x@%s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKrefer;rport\nFrom: %s;tag=p1\nTo: %s\nCall-ID: %s\nCSeq: 1 REFER\nMax-Forwards: 70\n"+
		"Contact: <sip:%s>\nRefer-To: <sip:900002@%s?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3Dp2>\nContent-Length: 0\n\n", p.from, conn.LocalAddr(), line(first, "To"), line(first, "From"),
		line(first, "Call-ID"), conn.LocalAddr(), p.from, url.QueryEscape(line(second, "Call-ID")), tagOf(line(second, "From"))))
	p.next("SIP/2.0 202")
	for told := ""; !strings.Contains(told, "200 OK"); {
		told = p.next("NOTIFY")
		p.ok(told, "", "")
	}
	for range 2 {
		p.ok(p.next("BYE"), "", "")
	}
	a.hearsAtTheEnd(880, true)
	b.hearsAtTheEnd(440, true)
	a.ended()
	b.ended()
	s.want("2", `SELECT count(*) FROM calls WHERE ended IS NOT NULL`)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'leg-replaced'`)
}

// A phone of a PBX passes its call on to a colleague whom it has asked first: the colleague's phone sends INVITE with Replaces. The caller stays, the first
// phone is let go, and the call lasts until the colleague hangs up.
func TestAttendedTransferByPBX(t *testing.T) {
	if !alone(t) {
		return
	}
	host := fmt.Sprintf("127.0.91.%d", servers.Add(1))
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host), Port: 5060})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	rtp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host), Port: 20002})
	if err != nil {
		t.Fatal(err)
	}
	defer rtp.Close()
	p := &pbx{t: t, conn: conn}
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	change := strings.NewReplacer("accept: {addresses: [127.0.0.0/8]}", "accept: {addresses: [127.0.89.0/24]}", "numbers:\n", fmt.Sprintf(
		"  pbx: {kind: byoc, probe: 0s, servers: [%q], accept: {addresses: [%s]}}\nnumbers:\n  \"9*\": {to: {trunk: pbx}}\n", conn.LocalAddr(), host))
	if err := os.WriteFile(s.file, []byte(change.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	s.launch()
	caller := s.sipp("wait_bye", "900001")
	first := p.next("INVITE")
	server := p.from
	p.ok(first, "phone", p.sdp(20000))
	p.next("ACK")

	const own = "<sip:colleague@pbx>;tag=colleague"
	inside := func(method, id, to string, seq int, extra, body string) {
		p.send(server, fmt.Sprintf("%s sip:900001@%s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: %d %s\nMax-Forwards: 70\n"+
			"Contact: <sip:colleague@%s>\n%s%sContent-Length: %d\n\n%s", method, server, conn.LocalAddr(), method, seq, own, to, id, seq, method, conn.LocalAddr(), extra, kind(body),
			len(strings.ReplaceAll(body, "\n", "\r\n")), body))
	}
	replaces := fmt.Sprintf("Require: replaces\nReplaces: %s;to-tag=%s;from-tag=%%s\n", line(first, "Call-ID"), tagOf(line(first, "From")))
	inside("INVITE", "second", "<sip:900001@x>", 1, fmt.Sprintf(replaces, "nobody"), p.sdp(20002))
	refused := p.next("SIP/2.0 481")
	inside("ACK", "second", line(refused, "To"), 1, "", "")
	inside("INVITE", "third", "<sip:900001@x>", 1, fmt.Sprintf(replaces, "phone"), p.sdp(20002))
	ok := p.next("SIP/2.0 200")
	if !strings.Contains(ok, "m=audio") {
		t.Error(ok)
	}
	inside("ACK", "third", line(ok, "To"), 1, "", "")
	bye := p.next("BYE")
	if line(bye, "Call-ID") != line(first, "Call-ID") {
		t.Error("not the first phone is let go:", bye)
	}
	p.ok(bye, "", "")
	packet := make([]byte, 2000) // the caller's voice goes to the colleague now
	_ = rtp.SetReadDeadline(time.Now().Add(patience))
	if n, err := rtp.Read(packet); err != nil || n != 172 {
		t.Errorf("the colleague hears nothing: %d bytes, %v", n, err)
	}
	inside("BYE", "third", line(ok, "To"), 2, "", "")
	caller.succeeded()
	s.want("guest-hung-up", `SELECT end_reason FROM calls`)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'leg-replaced'`)
	s.want("2", `SELECT count(*) FROM legs WHERE seat = 'guest'`)
}
