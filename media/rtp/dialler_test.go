package rtp

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// What a Dialler sends, a Keypad hears: all of it, and with 30 % of the packets lost as well.
func TestDialler(t *testing.T) {
	const all = "0123456789*#ABCD11"
	for _, rate := range []int{8000, 48000} {
		for _, lossy := range []bool{false, true} {
			var d Dialler
			for i := range len(all) {
				code, ok := Code(all[i])
				if !ok || !d.Add(code) {
					t.Fatalf("%c refused", all[i])
				}
			}
			k := Keypad{Rate: rate}
			heard, packets, began := "", 0, uint32(0)
			for tick := range 400 {
				now := int64(tick) * int64(20*time.Millisecond)
				e, first, send := d.Step(rate)
				if first {
					began = uint32(tick * rate / 50)
				}
				if send {
					packets++
					var b [4]byte
					WriteEvent(b[:], e)
					if !lossy || packets%10 >= 3 {
						keys, n := k.Push(Header{Seq: uint16(packets), Timestamp: began, Marker: first}, b[:], now)
						for _, key := range keys[:n] {
							heard += string(key.Digit)
							if !lossy && key.Length != 100*time.Millisecond {
								t.Errorf("%c held %v", key.Digit, key.Length)
							}
						}
					}
				}
				if key, ok := k.Poll(now); ok {
					heard += string(key.Digit)
				}
			}
			if heard != all || d.Active() {
				t.Errorf("%d Hz, lossy %v: heard %q", rate, lossy, heard)
			}
		}
	}
}

// A thousand digits over a line that loses 30 % of the packets at random, repeats some and swaps others: none is heard twice, hardly any is missing.
func TestDiallerLoss(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, uint64(rate)))
			const digits = 1000
			var d Dialler
			k := Keypad{Rate: rate}
			var sent, heard strings.Builder
			var held []wire
			seq, began := uint16(r.Uint32()), r.Uint32()
			for tick := range digits*10 + 20 {
				now := int64(tick) * int64(20*time.Millisecond)
				for sent.Len() < digits && d.Add(uint8(sent.Len()/2%16)) { // each twice, so that a doubled one shows
					sent.WriteByte(keys16[sent.Len()/2%16])
				}
				e, first, send := d.Step(rate)
				if first {
					began += uint32(10 * rate / 50)
				}
				if send {
					w := wire{h: Header{Seq: seq, Timestamp: began, Marker: first}}
					seq++
					WriteEvent(w.b[:], e)
					switch x := r.IntN(100); {
					case x < 30:
					case x < 35:
						held = append(held, w) // comes with the next
						continue
					case x < 40:
						held = append(held, w)
						fallthrough
					default:
						heard.WriteString(w.to(&k, now))
					}
				}
				for _, w := range held {
					heard.WriteString(w.to(&k, now))
				}
				held = held[:0]
				if key, ok := k.Poll(now); ok {
					heard.WriteByte(key.Digit)
				}
			}
			lost := missing(t, sent.String(), heard.String())
			if lost > 5 {
				t.Errorf("%d Hz, seed %d: %d of %d digits lost", rate, seed, lost, digits)
			}
		}
	}
}

type wire struct {
	h Header
	b [4]byte
}

func (w wire) to(k *Keypad, now int64) string {
	out := ""
	keys, n := k.Push(w.h, w.b[:], now)
	for _, key := range keys[:n] {
		out += string(key.Digit)
	}
	return out
}

// missing is how many of the digits sent weren't heard. What was heard must be what was sent with some left out.
func missing(t *testing.T, sent, heard string) int {
	t.Helper()
	at := 0
	for i := range len(heard) {
		skip := strings.IndexByte(sent[at:], heard[i])
		if skip < 0 || skip > 40 {
			t.Fatalf("heard %q as digit %d, which nobody pressed", heard[i], i)
		}
		at += skip + 1
	}
	return len(sent) - len(heard)
}

func TestDiallerIsFull(t *testing.T) {
	var d Dialler
	for range 64 {
		if !d.Add(1) {
			t.Fatal("full too early")
		}
	}
	if d.Add(1) {
		t.Error("the 65th digit fits")
	}
	if _, ok := Code('x'); ok {
		t.Error("x is a digit")
	}
	if c, ok := Code('d'); !ok || c != 15 {
		t.Errorf("d is %d", c)
	}
}
