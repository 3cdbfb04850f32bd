package playback_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"

	"mediasrv/media/wav"
	"mediasrv/recorder/playback"
)

// sound is a mono file with the values from first on, and each of them by one more.
func sound(t *testing.T, first int16, n int) playback.Sound {
	t.Helper()
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = first + int16(i)
	}
	b := wav.Encode(pcm, 8000)
	s, err := wav.NewSamples(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Two legs, of which one begins later and is longer, and a third beside the second: each is on its side at its place.
func TestLegsTogether(t *testing.T) {
	all := playback.Together([]playback.Leg{
		{Sound: sound(t, 1, 5000)}, {Sound: sound(t, 10000, 6000), From: 100, Right: true}, {Sound: sound(t, 1, 10), From: 200, Right: true},
	})
	if all.Frames() != 6100 {
		t.Fatalf("%d frames, want 6100", all.Frames())
	}
	file, err := playback.NewFile(all, 8000)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := wav.NewSamples(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if got.Rate() != 8000 || got.Channels() != 2 || got.Frames() != 6100 {
		t.Fatalf("%d channels of %d frames at %d Hz", got.Channels(), got.Frames(), got.Rate())
	}
	at := func(frame int64) [2]int16 {
		var pcm [2]int16
		if _, err := got.ReadAt(pcm[:], frame); err != nil {
			t.Fatal(err)
		}
		return pcm
	}
	for frame, want := range map[int64][2]int16{
		0: {1, 0}, 99: {100, 0}, 100: {101, 10000}, 200: {201, 10101}, 209: {210, 10119}, 210: {211, 10110}, 4999: {5000, 14899}, 5000: {0, 14900}, 6099: {0, 15999},
	} {
		if got := at(frame); got != want {
			t.Errorf("frame %d is %v, want %v", frame, got, want)
		}
	}
	// Any range of bytes is what the whole has there.
	again, err := playback.NewFile(all, 8000)
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(again, b); err != nil {
		t.Errorf("%.300s", err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		from := random.IntN(len(b))
		to := from + random.IntN(len(b)-from)
		if _, err := file.Seek(int64(from), io.SeekStart); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, to-from)
		if _, err := io.ReadFull(file, part); err != nil || !slices.Equal(part, b[from:to]) {
			t.Fatalf("bytes %d to %d differ: %v", from, to, err)
		}
	}
}

// endless is a sound that no WAV file can have.
type endless struct{}

func (endless) Channels() int                      { return 1 }
func (endless) Rate() int                          { return 8000 }
func (endless) Frames() int64                      { return 1 << 30 }
func (endless) ReadAt([]int16, int64) (int, error) { return 0, errors.ErrUnsupported }

func TestTooLongForAFile(t *testing.T) {
	if _, err := playback.NewFile(playback.Together([]playback.Leg{{Sound: endless{}}}), 8000); !errors.Is(err, wav.ErrFull) {
		t.Errorf("error %v, want ErrFull", err)
	}
}

func TestWave(t *testing.T) {
	pcm := make([]int16, 2*16000) // left: loud in the second of four parts; right: full scale in the last sample
	for i := 4000; i < 8000; i++ {
		pcm[2*i] = 8192
	}
	pcm[len(pcm)-1] = -32768
	header, err := wav.Header(8000, 2, int64(2*len(pcm)))
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.NewBuffer(header)
	for _, s := range pcm {
		b.Write([]byte{byte(s), byte(uint16(s) >> 8)})
	}
	s, err := wav.NewSamples(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	wave, err := playback.Wave(t.Context(), s, 4)
	if err != nil || !slices.Equal(wave[0], []int{0, 50, 0, 0}) || !slices.Equal(wave[1], []int{0, 0, 0, 100}) {
		t.Errorf("the wave is %v, %v", wave, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := playback.Wave(over, s, 4); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits for it any more, and the error is %v", err)
	}
}
