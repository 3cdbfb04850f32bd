package rtp

import (
	"testing"
	"time"
)

// packet of a telephone-event in a test table: ms after the start, RTP timestamp, and what is in it.
type eventPacket struct {
	ms     int
	ts     uint32
	code   uint8
	units  uint16
	end    bool
	marker bool
	seq    int // place in the sender's order, from 1; 0: as in the table
}

// press is a key as a good sender sends it, every 20 ms.
func press(ms int, ts uint32, code uint8, packets int, step uint16) []eventPacket {
	var out []eventPacket
	for i := range packets {
		out = append(out, eventPacket{ms: ms + 20*i, ts: ts, code: code, units: step * uint16(i+1), marker: i == 0})
	}
	for i := range 3 {
		out = append(out, eventPacket{ms: ms + 20*(packets+i), ts: ts, code: code, units: step * uint16(packets+1), end: true})
	}
	return out
}

func join(parts ...[]eventPacket) []eventPacket {
	var out []eventPacket
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func without(p []eventPacket, drop ...int) []eventPacket {
	var out []eventPacket
	for i, e := range p {
		keep := true
		for _, d := range drop {
			keep = keep && d != i
		}
		if keep {
			out = append(out, e)
		}
	}
	return out
}

func unmarked(p []eventPacket) []eventPacket {
	for i := range p {
		p[i].marker = false
	}
	return p
}

func marked(p []eventPacket) []eventPacket {
	for i := range p {
		p[i].marker = true
	}
	return p
}

// reseq numbers packets from seq on.
func reseq(p []eventPacket, seq int) []eventPacket {
	for i := range p {
		p[i].seq = seq + i
	}
	return p
}

func twice(p []eventPacket) []eventPacket {
	var out []eventPacket
	for i, e := range p {
		e.seq = i + 1
		out = append(out, e, e)
	}
	return out
}

func running(p []eventPacket, step uint32) []eventPacket {
	for i := range p {
		p[i].ts += step * uint32(i)
	}
	return p
}

func TestKeypad(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		rate int
		in   []eventPacket
		want string
		long time.Duration // of the first
	}{
		{"one digit once", 8000, press(0, 1000, 5, 4, 160), "5", 100 * ms},
		{"48 kHz clock", 48000, press(0, 1000, 11, 4, 960), "#", 100 * ms},
		{"two digits", 8000, join(press(0, 1000, 1, 4, 160), press(300, 3400, 2, 4, 160)), "12", 100 * ms},
		{"the same digit twice", 8000, join(press(0, 1000, 7, 4, 160), press(200, 2600, 7, 4, 160)), "77", 100 * ms},
		{"the same digit twice without markers", 8000, unmarked(join(press(0, 1000, 7, 4, 160), press(200, 2600, 7, 4, 160))), "77", 100 * ms},
		{"lost start", 8000, without(press(0, 1000, 9, 4, 160), 0, 1, 2, 3), "9", 100 * ms},
		{"only the last end arrives", 8000, without(press(0, 1000, 9, 4, 160), 0, 1, 2, 3, 4, 5), "9", 100 * ms},
		{"all ends lost", 8000, without(press(0, 1000, 10, 4, 160), 4, 5, 6), "*", 80 * ms},
		{"all ends lost, another follows", 8000, join(without(press(0, 1000, 1, 4, 160), 4, 5, 6), press(120, 1960, 2, 4, 160)), "12", 80 * ms},
		{"all ends lost, the same follows with a marker", 8000, join(without(press(0, 1000, 1, 4, 160), 4, 5, 6), press(120, 1960, 1, 4, 160)), "11", 80 * ms},
		{"reordered end", 8000, []eventPacket{{0, 10, 3, 160, false, true, 1}, {20, 10, 3, 480, true, false, 3}, {30, 10, 3, 320, false, false, 2}, {40, 10, 3, 480, true, false, 4}}, "3", 60 * ms},
		{"a late packet of the digit before", 8000, join(press(0, 1000, 1, 1, 160), []eventPacket{{100, 2000, 2, 160, false, true, 6}, {110, 1000, 1, 320, true, false, 5}, {120, 2000, 2, 320, true, false, 7}}), "12", 40 * ms},
		{"timestamp runs during the event", 8000, running(press(0, 1000, 4, 6, 160), 160), "4", 140 * ms},
		{"timestamp wraps", 8000, join(press(0, 0xffffff00, 1, 4, 160), press(300, 0x860, 2, 4, 160)), "12", 100 * ms},
		{"A to D", 8000, join(press(0, 0, 12, 2, 160), press(200, 1600, 15, 2, 160)), "AD", 60 * ms},
		{"flash and tones are no digits", 8000, join(press(0, 0, 16, 2, 160), press(200, 1600, 36, 2, 160)), "", 0},
		{"longer than 16 bits", 8000, []eventPacket{{0, 0, 1, 65000, false, true, 0}, {60, 0, 1, 65535, false, false, 0}, {80, 65535, 1, 160, false, false, 0}, {100, 65535, 1, 320, true, false, 0}}, "1", 65855 * time.Second / 8000},
		{"a segment's last packet is lost", 8000, []eventPacket{{0, 0, 1, 65000, false, true, 0}, {80, 65535, 1, 160, false, false, 0}, {100, 65535, 1, 320, true, false, 0}}, "1", 65855 * time.Second / 8000},
		{"one end packet only", 8000, without(press(0, 1000, 5, 4, 160), 5, 6), "5", 100 * ms},
		{"ten end packets", 8000, join(press(0, 1000, 5, 4, 160), []eventPacket{{150, 1000, 5, 800, true, false, 0}, {200, 1000, 5, 800, true, false, 0}, {400, 1000, 5, 800, true, false, 0}, {700, 1000, 5, 800, true, false, 0}}), "5", 100 * ms},
		{"late packets after a timeout", 8000, join(without(press(0, 1000, 1, 4, 160), 4, 5, 6), []eventPacket{{300, 1000, 1, 800, false, false, 0}, {320, 1000, 1, 960, true, false, 0}, {340, 1000, 1, 960, true, false, 0}}), "1", 80 * ms},
		{"late packets after a timeout, and a digit", 8000, join(without(press(0, 1000, 1, 4, 160), 4, 5, 6), []eventPacket{{300, 1000, 1, 800, false, false, 0}, {320, 1000, 1, 960, true, false, 0}}, press(400, 4200, 2, 4, 160)), "12", 80 * ms},
		{"late packets of a digit behind the next one", 8000, join(without(press(0, 1000, 1, 4, 160), 4, 5, 6), reseq(press(300, 3400, 2, 4, 160), 10), []eventPacket{{600, 1000, 1, 960, true, false, 8}}), "12", 80 * ms},
		{"a stall in a running event", 8000, join(running(press(0, 1000, 1, 4, 160)[:4], 160), []eventPacket{{300, 1640, 1, 800, false, false, 0}, {320, 1800, 1, 960, true, false, 0}}, press(500, 5000, 2, 4, 160)), "12", 80 * ms},
		{"a running event, the ends' time runs too", 8000, join(running(press(0, 1000, 1, 4, 160), 160), running(press(300, 3400, 1, 4, 160), 160)), "11", 100 * ms},
		{"one timestamp for all digits", 8000, join(press(0, 1000, 1, 4, 160), press(300, 1000, 1, 4, 160), press(600, 1000, 2, 4, 160)), "112", 100 * ms},
		{"one timestamp for all digits, no markers", 8000, unmarked(join(press(0, 1000, 1, 4, 160), press(300, 1000, 1, 4, 160), press(600, 1000, 2, 4, 160))), "112", 100 * ms},
		{"one timestamp for all digits, one late", 8000, join(reseq(press(0, 1000, 1, 4, 160)[:6], 1), reseq(press(300, 1000, 2, 4, 160), 8), []eventPacket{{450, 1000, 1, 800, true, false, 7}}), "12", 100 * ms},
		{"the sequence jumps between digits", 8000, join(press(0, 1000, 1, 4, 160), reseq(press(300, 3400, 2, 4, 160), 3000)), "12", 100 * ms},
		{"the sequence jumps inside a digit", 8000, join(press(0, 1000, 1, 4, 160)[:3], reseq(press(0, 1000, 1, 4, 160)[3:], 3000)), "1", 100 * ms},
		{"every packet twice", 8000, twice(join(press(0, 1000, 1, 4, 160), press(200, 2600, 1, 4, 160), press(400, 4200, 2, 4, 160))), "112", 100 * ms},
		{"every packet is marked", 8000, marked(join(press(0, 1000, 1, 4, 160), press(200, 2600, 2, 4, 160))), "12", 100 * ms},
		{"fast: 40 ms, 40 ms apart", 8000, join(press(0, 1000, 1, 1, 160), press(80, 1640, 1, 1, 160), press(160, 2280, 1, 1, 160)), "111", 40 * ms},
		{"fast, and only one end arrives of each", 8000, join(press(0, 1000, 1, 1, 160)[2:3], press(80, 1640, 1, 1, 160)[2:3], press(160, 2280, 1, 1, 160)[2:3]), "111", 40 * ms},
		{"almost a second held", 8000, press(0, 1000, 6, 45, 160), "6", 920 * ms},
		{"zero length", 8000, []eventPacket{{0, 5, 8, 0, true, true, 0}}, "8", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := Keypad{Rate: c.rate}
			var got []Key
			at := 0
			for now := 0; now < 1000; now += 5 {
				for ; at < len(c.in) && c.in[at].ms <= now; at++ {
					p := c.in[at]
					var b [4]byte
					WriteEvent(b[:], Event{Code: p.code, End: p.end, Volume: 10, Duration: p.units})
					seq := at + 1
					if p.seq > 0 {
						seq = p.seq
					}
					keys, n := k.Push(Header{Seq: uint16(seq), Timestamp: p.ts, Marker: p.marker}, b[:], int64(now)*int64(ms))
					got = append(got, keys[:n]...)
				}
				if key, ok := k.Poll(int64(now) * int64(ms)); ok {
					got = append(got, key)
				}
			}
			digits := ""
			for _, g := range got {
				digits += string(g.Digit)
			}
			if digits != c.want {
				t.Fatalf("got %q, want %q", digits, c.want)
			}
			if len(got) > 0 && got[0].Length != c.long {
				t.Errorf("held %v, want %v", got[0].Length, c.long)
			}
		})
	}
}

// A packet that was overtaken by the next digit, however late, is no new press; a sender that begins anew is.
func TestKeypadStraggler(t *testing.T) {
	k := Keypad{Rate: 8000}
	heard := ""
	push := func(ms int, seq uint16, ts uint32, code uint8) {
		var b [4]byte
		WriteEvent(b[:], Event{Code: code, End: true, Duration: 800})
		keys, n := k.Push(Header{Seq: seq, Timestamp: ts}, b[:], int64(ms)*int64(time.Millisecond))
		for _, key := range keys[:n] {
			heard += string(key.Digit)
		}
	}
	push(0, 10, 1000, 1)
	push(200, 20, 2600, 2)
	push(600, 11, 1000, 1) // 600 ms under way
	if heard != "12" {
		t.Errorf("heard %q, want 12", heard)
	}
	push(900, 21, 900, 3) // the time jumped back
	push(1200, 60000, 20, 4)
	if heard != "1234" {
		t.Errorf("heard %q, want 1234", heard)
	}
}

// A digit that is held when the stream becomes another one isn't lost.
func TestKeypadReset(t *testing.T) {
	k := Keypad{Rate: 8000}
	var b [4]byte
	WriteEvent(b[:], Event{Code: 7, Duration: 480})
	k.Push(Header{Seq: 1, Timestamp: 5, Marker: true}, b[:], 0)
	if key, ok := k.Reset(); !ok || key.Digit != '7' || key.Length != 60*time.Millisecond {
		t.Errorf("%v %v", key, ok)
	}
	if _, ok := k.Reset(); ok {
		t.Error("reported twice")
	}
}

func FuzzKeypad(f *testing.F) {
	f.Add([]byte{1, 0x8a, 0, 160}, uint32(0), true, uint8(20))
	f.Fuzz(func(t *testing.T, b []byte, ts uint32, marker bool, ms uint8) {
		k := Keypad{Rate: 8000}
		var now int64
		for i := range 8 {
			now += int64(ms) * int64(time.Millisecond)
			keys, n := k.Push(Header{Timestamp: ts * uint32(i), Marker: marker}, b, now)
			for _, key := range keys[:n] {
				if _, ok := Code(key.Digit); !ok || key.Length < 0 {
					t.Errorf("digit %q held %v", key.Digit, key.Length)
				}
			}
			k.Poll(now)
		}
	})
}
