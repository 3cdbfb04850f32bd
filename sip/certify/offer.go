package certify

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// Payload types of ours.
const (
	ptOpus       = 111
	ptEvents     = 101
	ptEventsOpus = 110
)

// offer is what a description of ours says.
type offer struct {
	addr   netip.AddrPort
	codecs []codec.Type
	events bool
	ptime  int // ms
	dir    string
	zero   bool     // c=0.0.0.0, the hold of RFC 2543
	extra  []string // further m-lines with their attributes
	keys   []rtp.MasterKey
}

// lines is everything below o=.
func (o offer) lines() []string {
	conn := o.addr.Addr().String()
	if o.zero {
		conn = "0.0.0.0"
	}
	proto := "RTP/AVP"
	if len(o.keys) > 0 {
		proto = "RTP/SAVP"
	}
	var pts, maps []string
	for _, c := range o.codecs {
		pt, lines := payloadOf(c)
		pts, maps = append(pts, strconv.Itoa(pt)), append(maps, lines...)
	}
	if o.events {
		pts = append(pts, strconv.Itoa(ptEvents))
		maps = append(maps, fmt.Sprintf("a=rtpmap:%d telephone-event/8000", ptEvents), fmt.Sprintf("a=fmtp:%d 0-15", ptEvents))
		if o.wideband() {
			pts = append(pts, strconv.Itoa(ptEventsOpus))
			maps = append(maps, fmt.Sprintf("a=rtpmap:%d telephone-event/48000", ptEventsOpus), fmt.Sprintf("a=fmtp:%d 0-15", ptEventsOpus))
		}
	}
	lines := []string{
		"s=-", "c=" + network(o.addr.Addr()) + " " + conn, "t=0 0",
		fmt.Sprintf("m=audio %d %s %s", o.addr.Port(), proto, strings.Join(pts, " ")),
	}
	lines = append(lines, maps...)
	for i, k := range o.keys {
		lines = append(lines, cryptoLine(i+1, k))
	}
	lines = append(lines, fmt.Sprintf("a=ptime:%d", o.ptime), "a=maxptime:60", "a="+o.dir)
	return append(lines, o.extra...)
}

func (o offer) wideband() bool {
	return slices.Contains(o.codecs, codec.Opus)
}

func payloadOf(c codec.Type) (pt int, lines []string) {
	if n, ok := c.StaticPT(); ok {
		return int(n), []string{fmt.Sprintf("a=rtpmap:%d %s/8000", n, c)}
	}
	return ptOpus, []string{fmt.Sprintf("a=rtpmap:%d opus/48000/2", ptOpus), fmt.Sprintf("a=fmtp:%d useinbandfec=1", ptOpus)}
}

func network(a netip.Addr) string {
	if a.Is4() {
		return "IN IP4"
	}
	return "IN IP6"
}

func cryptoLine(tag int, k rtp.MasterKey) string {
	return fmt.Sprintf("a=crypto:%d %s inline:%s", tag, k.Suite, base64.StdEncoding.EncodeToString(append(k.Key[:], k.Salt[:saltOf(k.Suite)]...)))
}

// saltOf is how many bytes of salt a suite has (RFC 4568, 6.2; RFC 7714, 12).
func saltOf(s rtp.Suite) int {
	if s == rtp.GCM {
		return 12
	}
	return 14
}

// parseCrypto reads a=crypto: tag, suite, key.
func parseCrypto(value string) (tag int, k rtp.MasterKey, ok bool) {
	f := strings.Fields(value)
	if len(f) < 3 {
		return 0, k, false
	}
	tag, err := strconv.Atoi(f[0])
	text, found := strings.CutPrefix(f[2], "inline:")
	text, _, _ = strings.Cut(text, "|")
	key, err2 := base64.StdEncoding.DecodeString(text)
	if k.Suite = rtp.ParseSuite(f[1]); err != nil || err2 != nil || !found || k.Suite == rtp.NoSuite || len(key) != 16+saltOf(k.Suite) {
		return tag, k, false
	}
	copy(k.Key[:], key)
	copy(k.Salt[:], key[16:])
	return tag, k, true
}

// answer makes the lines that answer an offer of the peer's (RFC 3264, 6): its first codec that is ours, with its payload types, the direction
// turned round, and further m-lines refused.
func (o offer) answer(d *description) []string {
	lines := []string{"s=-", "c=" + network(o.addr.Addr()) + " " + o.addr.Addr().String(), "t=0 0"}
	done := false
	for i := range d.media {
		m := &d.media[i]
		if m.kind != "audio" || m.port == 0 || done {
			lines = append(lines, fmt.Sprintf("m=%s 0 %s %s", m.kind, m.proto, strings.Join(m.formats, " ")))
			continue
		}
		done = true
		lines = append(lines, o.answerAudio(m)...)
	}
	return lines
}

func (o offer) answerAudio(m *mediaLine) []string {
	var pts, maps []string
	for _, f := range m.formats {
		c := m.codecOf(f)
		voice := c != codec.None && len(pts) == 0 && o.has(c)
		name, _, _ := strings.Cut(m.maps[f], "/")
		if !voice && (!o.events || !strings.EqualFold(name, "telephone-event")) {
			continue
		}
		pts = append(pts, f)
		if text, ok := m.maps[f]; ok {
			maps = append(maps, "a=rtpmap:"+f+" "+text)
		}
		if text, ok := m.fmtp[f]; ok {
			maps = append(maps, "a=fmtp:"+f+" "+text)
		}
	}
	lines := append([]string{fmt.Sprintf("m=audio %d %s %s", o.addr.Port(), m.proto, strings.Join(pts, " "))}, maps...)
	dir := map[string]string{sendOnly: recvOnly, recvOnly: sendOnly, inactive: inactive, sendRecv: o.dir}[m.dir]
	return append(lines, fmt.Sprintf("a=ptime:%d", o.ptime), "a="+dir)
}

func (o offer) has(c codec.Type) bool { return slices.Contains(o.codecs, c) }
