package sdp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mediasrv/media/codec"
)

// comfortNoise is the payload type of RFC 3389 at 8000 Hz.
const comfortNoise = 13

// kind is what a payload type stands for: a codec, or telephone-event at a clock rate.
type kind struct {
	codec codec.Type
	event int // Hz; 0: a codec
}

// payload is a kind with the number that one side gave it.
type payload struct {
	kind
	pt uint8
}

// clock is the RTP clock rate, which for G.722 is not its sampling rate (RFC 3551, 4.5.2).
func clock(c codec.Type) int {
	if c == codec.Opus {
		return 48000
	}
	return 8000
}

// rtpmap is the kind's encoding name, clock rate and channels.
func (k kind) rtpmap() string {
	if k.event != 0 {
		return "telephone-event/" + strconv.Itoa(k.event)
	}
	switch k.codec {
	case codec.PCMU:
		return "PCMU/8000"
	case codec.PCMA:
		return "PCMA/8000"
	case codec.G722:
		return "G722/8000"
	case codec.Opus:
		return "opus/48000/2"
	case codec.CN:
		return "CN/8000"
	case codec.None:
	}
	return ""
}

// fmtp is the kind's parameters; empty: none.
func (k kind) fmtp() string {
	switch {
	case k.event != 0:
		return "0-16"
	case k.codec == codec.Opus:
		return "minptime=10;useinbandfec=1"
	}
	return ""
}

// known are the kinds that can be spoken of.
func known() []kind {
	return []kind{{codec: codec.PCMU}, {codec: codec.PCMA}, {codec: codec.G722}, {codec: codec.Opus}, {event: 8000}, {event: 48000}}
}

// kindOf reads an rtpmap's value. One channel may be said or not; opus/48000 without its two is meant well.
func kindOf(rtpmap string) (kind, bool) {
	name := strings.TrimSuffix(strings.ToLower(rtpmap), "/1")
	if name == "opus/48000" {
		name = "opus/48000/2"
	}
	for _, k := range known() {
		if name == strings.ToLower(k.rtpmap()) {
			return k, true
		}
	}
	return kind{}, false
}

// static is what payload types mean without an rtpmap (RFC 3551, 6).
func static(pt uint8) (kind, bool) {
	switch pt {
	case 0:
		return kind{codec: codec.PCMU}, true
	case 8:
		return kind{codec: codec.PCMA}, true
	case 9:
		return kind{codec: codec.G722}, true
	}
	return kind{}, false
}

// payloads are the formats of an m-line that we know, in its order. A second number for the same kind is left out.
func (s *section) payloads() []payload {
	maps := map[string]string{}
	for _, a := range s.attrs {
		if a.key != "rtpmap" {
			continue
		}
		if pt, value, ok := strings.Cut(a.value, " "); ok {
			maps[pt] = strings.TrimSpace(value)
		}
	}
	var list []payload
	for _, format := range s.formats {
		pt, err := strconv.ParseUint(format, 10, 7)
		if err != nil {
			continue
		}
		k, ok := static(uint8(pt))
		if value, mapped := maps[format]; mapped {
			k, ok = kindOf(value)
		}
		if ok && !slices.ContainsFunc(list, func(p payload) bool { return p.kind == k }) {
			list = append(list, payload{k, uint8(pt)})
		}
	}
	return list
}

// find returns the payload type of a kind.
func find(list []payload, k kind) (uint8, bool) {
	for _, p := range list {
		if p.kind == k {
			return p.pt, true
		}
	}
	return 0, false
}

// event picks the telephone-event to use beside a codec from those that both have; rates says which clock is liked best.
func event(rates []int, ours, theirs []payload) (recv, send uint8, rate int) {
	for _, hz := range rates {
		r, ok1 := find(ours, kind{event: hz})
		s, ok2 := find(theirs, kind{event: hz})
		if ok1 && ok2 {
			return r, s, hz
		}
	}
	return 0, 0, 0
}

// matching prefers events at the codec's clock rate (RFC 4733, 2.1), or else takes whatever rate both have.
func matching(c codec.Type) []int { return []int{clock(c), 8000, 48000} }

// lowest is how browsers choose if they are left the choice, whatever the codec's clock rate is (seen in Chromium; Firefox has 8000 only).
func lowest() []int { return []int{8000, 48000} }

// kinds are what we offer: the codecs, and events at each of their clock rates and at 8000, since some peers of Opus (browsers among them) have no other.
func (l *Local) kinds() []kind {
	var list []kind
	rates := map[int]bool{8000: true}
	for _, c := range l.Codecs {
		if k := (kind{codec: c}); k.rtpmap() != "" && !slices.Contains(list, k) {
			list = append(list, k)
			rates[clock(c)] = true
		}
	}
	for _, hz := range []int{48000, 8000} {
		if l.Events && rates[hz] && len(list) > 0 {
			list = append(list, kind{event: hz})
		}
	}
	return list
}

// usual is the payload type that a kind gets when nothing speaks against it.
func (l *Local) usual(k kind) uint8 {
	switch {
	case k.codec == codec.PCMU:
		return 0
	case k.codec == codec.PCMA:
		return 8
	case k.codec == codec.G722:
		return 9
	case k.codec == codec.Opus:
		return 111
	case k.event == 48000:
		return 110
	case l.WebRTC:
		return 126
	}
	return 101
}

// number gives payload types to kinds: those of taken stay for the whole session (RFC 3264, 8.3.2).
func (l *Local) number(kinds []kind, taken []payload) []payload {
	used := func(list []payload, pt uint8) bool {
		return slices.ContainsFunc(list, func(p payload) bool { return p.pt == pt })
	}
	var list []payload
	for _, k := range kinds {
		pt, ok := find(taken, k)
		if !ok {
			pt = l.usual(k)
			for n := uint8(96); used(taken, pt) || used(list, pt); n++ {
				pt = n
			}
		}
		list = append(list, payload{k, pt})
	}
	return list
}

// ptime is how many ms per packet we would like to get.
func (l *Local) ptime() int {
	if l.Ptime == 0 {
		return 20
	}
	return l.Ptime
}

// ptime is how many ms per packet the peer of an m-line wants: 10 to 60 in steps of 10, as we do if it doesn't say, never over its maxptime. Opus has no
// packets of 30 and 50 ms in one frame.
func ptime(m *section, c codec.Type, ours int) int {
	number := func(key string) int {
		v, _ := m.get(key)
		f, err := strconv.ParseFloat(v, 64) // 2.5 and "20.0" have been seen
		if err != nil || !(f > 0) || f > 1000 {
			return 0
		}
		return int(f)
	}
	ms := number("ptime")
	if ms == 0 {
		ms = ours
	}
	if longest := number("maxptime"); longest != 0 {
		ms = min(ms, longest)
	}
	ms = min(max(ms/10*10, 10), 60)
	if c == codec.Opus && (ms == 30 || ms == 50) {
		ms -= 10
	}
	return ms
}

func (p payload) lines() []string {
	lines := []string{fmt.Sprintf("a=rtpmap:%d %s", p.pt, p.rtpmap())}
	if f := p.fmtp(); f != "" {
		lines = append(lines, fmt.Sprintf("a=fmtp:%d %s", p.pt, f))
	}
	return lines
}
