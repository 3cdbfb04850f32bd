package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// chunks builds a file.
func file(parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat([]byte("RIFF"), le32(uint32(len(body)+4)), []byte("WAVE"), body)
}

func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func chunk(id string, body []byte) []byte {
	c := slices.Concat([]byte(id), le32(uint32(len(body))), body)
	if len(body)%2 == 1 {
		c = append(c, 0)
	}
	return c
}

func fmtBody(tag, channels uint16, rate uint32, bits uint16, extra ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, tag)
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*uint32(channels)*uint32(bits)/8)
	b = binary.LittleEndian.AppendUint16(b, channels*bits/8)
	b = binary.LittleEndian.AppendUint16(b, bits)
	return append(b, extra...)
}

func TestRead(t *testing.T) {
	guid := append([]byte{22, 0, 16, 0, 4, 0, 0, 0, 1, 0}, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	sizes := func(b []byte, riff, data uint32) []byte {
		copy(b[4:], le32(riff))
		before, _, _ := bytes.Cut(b, []byte("data"))
		copy(b[len(before)+4:], le32(data))
		return b
	}
	pcm16 := []byte{1, 0, 0xFF, 0xFF, 0, 0x80, 0xFF, 0x7F}
	plain := func() []byte { return file(chunk("fmt ", fmtBody(1, 1, 8000, 16)), chunk("data", pcm16)) }
	all16 := []int16{1, -1, -32768, 32767}
	tests := []struct {
		name string
		in   []byte
		want []int16
		rate int
		err  error
	}{
		{"16 bit", plain(), all16, 8000, nil},
		{"8 bit", file(chunk("fmt ", fmtBody(1, 1, 11025, 8)), chunk("data", []byte{0, 128, 255})), []int16{-32768, 0, 32512}, 11025, nil},
		{"24 bit", file(chunk("fmt ", fmtBody(1, 1, 48000, 24)), chunk("data", []byte{9, 1, 2, 9, 0xFF, 0xFF})), []int16{0x201, -1}, 48000, nil},
		{"32 bit", file(chunk("fmt ", fmtBody(1, 1, 96000, 32)), chunk("data", []byte{9, 9, 1, 2})), []int16{0x201}, 96000, nil},
		{"µ-law", file(chunk("fmt ", fmtBody(7, 1, 8000, 8, 0, 0)), chunk("fact", le32(3)), chunk("data", []byte{0xFF, 0x80, 0x00})), []int16{0, 32124, -32124}, 8000, nil},
		{"A-law", file(chunk("fmt ", fmtBody(6, 1, 8000, 8)), chunk("data", []byte{0xD5, 0x55, 0xAA})), []int16{8, -8, 32256}, 8000, nil},
		{"stereo", file(chunk("fmt ", fmtBody(1, 2, 8000, 16)), chunk("data", []byte{10, 0, 20, 0, 4, 0, 0xFE, 0xFF})), []int16{15, 1}, 8000, nil},
		{"extensible", file(chunk("fmt ", fmtBody(0xFFFE, 1, 8000, 16, guid...)), chunk("data", pcm16)), all16, 8000, nil},
		{"odd chunks", file(chunk("LIST", []byte("abc")), chunk("fmt ", fmtBody(1, 1, 8000, 16)), chunk("junk", []byte{1}), chunk("data", pcm16), chunk("LIST", pcm16)), all16, 8000, nil},
		{"size unknown", sizes(plain(), math.MaxUint32, math.MaxUint32), all16, 8000, nil},
		{"size never written", sizes(plain(), 0, 0), all16, 8000, nil},
		{"espeak-ng's size", sizes(plain(), 0x7ffff024, 0x7ffff000), all16, 8000, nil},
		{"size too large", sizes(plain(), 36, 5000), all16, 8000, nil},
		{"torn sample", plain()[:len(plain())-1], all16[:3], 8000, nil},
		{"torn stereo", file(chunk("fmt ", fmtBody(1, 2, 8000, 16)), chunk("data", []byte{10, 0, 20, 0, 4, 0})), []int16{15}, 8000, nil},
		{"no samples", file(chunk("fmt ", fmtBody(1, 1, 8000, 16)), chunk("data", nil), chunk("LIST", pcm16)), nil, 8000, nil},
		{"empty", nil, nil, 0, ErrFormat},
		{"not RIFF", []byte("ID3\x03this is an mp3 file"), nil, 0, ErrFormat},
		{"RIFX", append([]byte("RIFX"), plain()[4:]...), nil, 0, ErrFormat},
		{"ends in a chunk", plain()[:30], nil, 0, ErrFormat},
		{"no data", file(chunk("fmt ", fmtBody(1, 1, 8000, 16))), nil, 0, ErrFormat},
		{"data first", file(chunk("data", pcm16), chunk("fmt ", fmtBody(1, 1, 8000, 16))), nil, 0, ErrFormat},
		{"tiny fmt", file(chunk("fmt ", []byte{1, 0})), nil, 0, ErrFormat},
		{"huge fmt", slices.Concat([]byte("RIFF\x00\x00\x00\x00WAVEfmt "), le32(1<<31)), nil, 0, ErrFormat},
		{"no channels", file(chunk("fmt ", fmtBody(1, 0, 8000, 16)), chunk("data", pcm16)), nil, 0, ErrFormat},
		{"1000 channels", file(chunk("fmt ", fmtBody(1, 1000, 8000, 16)), chunk("data", pcm16)), nil, 0, ErrFormat},
		{"rate 0", file(chunk("fmt ", fmtBody(1, 1, 0, 16)), chunk("data", pcm16)), nil, 0, ErrFormat},
		{"float", file(chunk("fmt ", fmtBody(3, 1, 8000, 32)), chunk("data", pcm16)), nil, 0, ErrUnsupported},
		{"12 bit", file(chunk("fmt ", fmtBody(1, 1, 8000, 12)), chunk("data", pcm16)), nil, 0, ErrUnsupported},
		{"GSM", file(chunk("fmt ", fmtBody(49, 1, 8000, 0)), chunk("data", pcm16)), nil, 0, ErrUnsupported},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(test.in))
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				return
			}
			got, err := r.ReadMono(100)
			if err != nil || !slices.Equal(got, test.want) || r.Format().Rate != test.rate {
				t.Errorf("%v at %d Hz, %v; want %v at %d Hz", got, r.Format().Rate, err, test.want, test.rate)
			}
		})
	}
}

func TestReadMonoLimit(t *testing.T) {
	b := file(chunk("fmt ", fmtBody(1, 1, 8000, 16)), chunk("data", make([]byte, 20002)))
	for limit, want := range map[int]error{10000: ErrTooLong, 10001: nil} {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.ReadMono(limit); !errors.Is(err, want) {
			t.Errorf("limit %d: %v, want %v", limit, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(chunk("fmt ", fmtBody(1, 1, 8000, 16)), chunk("data", []byte{1, 2, 3, 4})))
	f.Add(file(chunk("LIST", []byte("abc")), chunk("fmt ", fmtBody(7, 2, 8000, 8)), chunk("data", []byte{1, 2, 3, 4})))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsupported) {
				t.Errorf("unnamed error %v", err)
			}
			return
		}
		pcm, err := r.ReadMono(len(b))
		if err != nil || len(pcm) > len(b) {
			t.Errorf("%d samples from %d bytes, %v", len(pcm), len(b), err)
		}
	})
}

// disk is a file in memory that can be full.
type disk struct {
	b    []byte
	full int // bytes that it takes; 0: any number
	size int64
}

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	n := len(p)
	if d.full > 0 {
		n = max(0, min(n, d.full-int(at)))
	}
	if need := int(at) + n; need > len(d.b) {
		d.b = append(d.b, make([]byte, need-len(d.b))...)
	}
	if copy(d.b[min(int(at), len(d.b)):], p[:n]); n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error {
	d.size = size
	if int64(len(d.b)) < size {
		d.b = append(d.b, make([]byte, size-int64(len(d.b)))...)
	}
	d.b = d.b[:size]
	return nil
}

func ramp(n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(i%30000 + 1)
	}
	return out
}

func TestWrite(t *testing.T) {
	d := &disk{}
	w := NewWriter(d, 8000, 2)
	pcm := ramp(100000)
	for i := 0; i < len(pcm); i += 3200 {
		if lost, err := w.Write(pcm[i:min(i+3200, len(pcm))]); lost != 0 || err != nil {
			t.Fatal(lost, err)
		}
	}
	if w.Frames() != 50000 {
		t.Errorf("%d frames, want 50000", w.Frames())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := binary.LittleEndian.Uint32(d.b[4:]); int(got) != len(d.b)-8 {
		t.Errorf("RIFF size %d of a file of %d", got, len(d.b))
	}
	if got := binary.LittleEndian.Uint32(d.b[40:]); int(got) != len(d.b)-44 || got != 200000 {
		t.Errorf("data size %d of a file of %d", got, len(d.b))
	}
	r, err := NewReader(bytes.NewReader(d.b))
	if err != nil || r.Format() != (Format{Rate: 8000, Channels: 2, Coding: PCM, Bits: 16}) {
		t.Fatal(r.Format(), err)
	}
	var got []int16
	buf := make([]int16, 1000)
	for {
		n, err := r.Read(buf)
		if errors.Is(err, io.EOF) {
			break
		}
		got = append(got, buf[:n]...)
	}
	if !slices.Equal(got, pcm) {
		t.Error("what was written is not what is read")
	}
}

// TestFullDisk lets the disk be full for a while, at every possible place of a frame: what comes later is at its place.
// G.711 is half as large, and its silence isn't zero: also not where the disk was full.
func TestWriteG711(t *testing.T) {
	for as, quiet := range map[Coding]byte{ALaw: 0xD5, ULaw: 0xFF} {
		d := &disk{}
		w, err := NewLawWriter(d, 8000, 2, as)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]int16{8000, -8000, 16000, 0})
		_, _ = w.Silence(20000)
		d.full = 1
		if lost, err := w.Write(make([]int16, 80000)); lost != 40000-bufferLen/2 || err == nil {
			t.Errorf("%d: a full disk: %d lost, %v", as, lost, err)
		}
		d.full = 0
		_, _ = w.Write([]int16{8000, 8000})
		if err := w.Close(); err != nil || w.Frames() != 60003 || len(d.b) != 58+2*60003 {
			t.Fatalf("%d: %v, %d sample frames, %d bytes", as, err, w.Frames(), len(d.b))
		}
		le := binary.LittleEndian
		if le.Uint32(d.b[4:]) != uint32(len(d.b)-8) || le.Uint32(d.b[46:]) != 60003 || le.Uint32(d.b[54:]) != 120006 {
			t.Errorf("%d: header %x", as, d.b[:58])
		}
		for i, b := range d.b[58+4 : len(d.b)-2] {
			if b != quiet {
				t.Fatalf("%d: byte %d of the silence is %x", as, i, b)
			}
		}
		path := filepath.Join(t.TempDir(), "a.wav")
		if err := os.WriteFile(path, d.b[:len(d.b)-1001], 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		format, frames, err := Repair(f, lengthOf(t, f))
		if err != nil || frames != 60003-501 || format != (Format{Rate: 8000, Channels: 2, Coding: as, Bits: 8}) {
			t.Errorf("%d: repaired: %+v, %d sample frames, %v", as, format, frames, err)
		}
		raw, _ := os.ReadFile(path)
		if len(raw) != 58+2*int(frames) || le.Uint32(raw[46:]) != uint32(frames) {
			t.Errorf("%d: repaired: %d bytes, header %x", as, len(raw), raw[:58])
		}
	}
}

func TestFullDisk(t *testing.T) {
	for torn := range 4 {
		d := &disk{full: 44 + 40000 + torn}
		w := NewWriter(d, 8000, 2)
		pcm := ramp(200000)
		lost := 0
		for i := 0; i < len(pcm); i += 1600 {
			if i >= 160000 {
				d.full = 0
			}
			n, err := w.Write(pcm[i : i+1600])
			if (n > 0) != (err != nil) || err != nil && !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(n, err)
			}
			lost += n
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(bytes.NewReader(d.b))
		if err != nil {
			t.Fatal(err)
		}
		var got []int16
		for buf := make([]int16, 1000); ; {
			n, err := r.Read(buf)
			if err != nil {
				break
			}
			got = append(got, buf[:n]...)
		}
		if len(got) != len(pcm) {
			t.Fatalf("%d samples, want %d", len(got), len(pcm))
		}
		wrong, silent := 0, 0
		for i := range got {
			switch got[i] {
			case pcm[i]:
			case 0:
				silent++
			default:
				wrong++
			}
		}
		if wrong != 0 || silent != 2*lost || lost == 0 || !slices.Equal(got[:20000], pcm[:20000]) {
			t.Errorf("%d wrong, %d silent, %d frames lost", wrong, silent, lost)
		}
	}
}

func TestSilence(t *testing.T) {
	d := &disk{}
	w := NewWriter(d, 8000, 1)
	for _, n := range []int{10, 100000, 5} {
		if _, err := w.Write(ramp(3)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Silence(n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Silence(50000); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(d.b))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.ReadMono(1 << 20)
	want := slices.Concat(ramp(3), make([]int16, 10), ramp(3), make([]int16, 100000), ramp(3), make([]int16, 50005))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d samples, want %d, %v", len(got), len(want), err)
	}
}

func TestFourGigabytes(t *testing.T) {
	w := NewWriter(&disk{}, 8000, 1)
	w.off, w.buf = maxFile-100, w.buf[:0]
	if lost, err := w.Write(ramp(51)); lost != 51 || !errors.Is(err, ErrFull) {
		t.Errorf("%d lost, %v; want 51, ErrFull", lost, err)
	}
	if lost, err := w.Silence(100000); lost != 100000 || !errors.Is(err, ErrFull) {
		t.Errorf("%d lost, %v; want 100000, ErrFull", lost, err)
	}
	if lost, err := w.put(100, func([]byte) {}); lost != 0 || err != nil {
		t.Errorf("the last bytes: %d, %v", lost, err)
	}
}

func lengthOf(t *testing.T, f *os.File) int64 {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestRepair(t *testing.T) {
	tests := []struct {
		name   string
		cut    func(b []byte) []byte
		frames int64
		err    error
	}{
		{"never closed", func(b []byte) []byte { return b }, 1000, nil},
		{"torn", func(b []byte) []byte { return b[:len(b)-5] }, 998, nil},
		{"no audio yet", func(b []byte) []byte { return b[:44] }, 0, nil},
		{"half a header", func(b []byte) []byte { return b[:43] }, 0, ErrFormat},
		{"empty", func([]byte) []byte { return nil }, 0, ErrFormat},
		{"something else", func([]byte) []byte { return []byte(strings.Repeat("x", 100)) }, 0, ErrFormat},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.wav")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			w := NewWriter(f, 8000, 2)
			if _, err := w.Write(ramp(2000)); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Flush(), f.Close()); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, test.cut(b), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err = os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			_, frames, err := Repair(f, lengthOf(t, f))
			if !errors.Is(err, test.err) || frames != test.frames {
				t.Fatalf("%d frames, %v; want %d, %v", frames, err, test.frames, test.err)
			}
			if err != nil {
				return
			}
			b, err = os.ReadFile(path)
			if err != nil || int64(len(b)) != 44+4*frames || int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 ||
				int64(binary.LittleEndian.Uint32(b[40:])) != 4*frames {
				t.Errorf("%d bytes, header %x, %v", len(b), b[:44], err)
			}
		})
	}
}

// TestOthers reads what sox writes, and lets sox read what we write.
func TestOthers(t *testing.T) {
	if _, err := exec.LookPath("sox"); err != nil {
		t.Skip("sox is not installed")
	}
	dir := t.TempDir()
	for _, args := range [][]string{
		{"-b", "8", "-e", "unsigned"},
		{"-b", "16"},
		{"-b", "24"},
		{"-b", "32", "-e", "signed"},
		{"-e", "u-law"},
		{"-e", "a-law"},
		{"-r", "44100"},
		{"-c", "2"},
	} {
		path := filepath.Join(dir, strings.Join(args, "")+".wav")
		cmd := exec.Command("sox", slices.Concat([]string{"-R", "-n", "-r", "8000", "-c", "1"}, args, []string{path, "synth", "0.5", "sine", "400", "vol", "0.5"})...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(f)
		if err != nil {
			t.Errorf("%v: %v", args, err)
			continue
		}
		pcm, err := r.ReadMono(1 << 20)
		sum := 0.0
		for _, s := range pcm {
			sum += float64(s) * float64(s)
		}
		if rms := math.Sqrt(sum / float64(len(pcm))); err != nil || len(pcm) != r.Format().Rate/2 || rms < 11300 || rms > 11900 {
			t.Errorf("%v: %d samples, RMS %.0f, %v; want half a second of 11585", args, len(pcm), rms, err)
		}
		_ = f.Close()
	}
}
