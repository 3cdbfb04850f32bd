package recorder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"mediasrv/media/ogg"
	"mediasrv/media/wav"
	"mediasrv/recorder/playback"
	"mediasrv/routing/fact"
)

// opened is a finished recording that can be read from any place on.
type opened struct {
	sound playback.Sound
	file  io.Closer
	about fact.RecordingView
}

// openAll opens recordings, or none. Close them.
func (r *Recorder) openAll(views []fact.RecordingView) (all []opened, err error) {
	defer func() {
		if err != nil {
			closeAll(all)
			all = nil
		}
	}()
	for _, v := range views {
		f, err := r.hear(v.Path)
		if err != nil {
			return all, err
		}
		all = append(all, opened{file: f, about: v})
		if all[len(all)-1].sound, err = soundOf(v.Path, f, f.Size()); err != nil {
			return all, fmt.Errorf("recorder: %s: %w", v.Path, err)
		}
	}
	return all, nil
}

func soundOf(path string, r io.ReaderAt, size int64) (playback.Sound, error) {
	if _, suffix, _ := cutSound(path); strings.HasPrefix(suffix, suffixOpus) {
		return ogg.NewSamples(r, size)
	}
	return wav.NewSamples(r, size)
}

func closeAll(all []opened) {
	for _, o := range all {
		_ = o.file.Close()
	}
}

// together is a file that is made while it is read, with those that it is made of.
type together struct {
	*playback.File
	all []opened
}

func (t together) Close() error {
	closeAll(t.all)
	return nil
}

// Together is the legs of one segment as one stereo file, the customer left and all others right, as WAV and made while it is read; and when the last
// of them was finished. Close it.
func (r *Recorder) Together(legs []fact.RecordingView) (io.ReadSeekCloser, time.Time, error) {
	if len(legs) == 0 {
		return nil, time.Time{}, errors.New("recorder: no legs")
	}
	all, err := r.openAll(legs)
	if err != nil {
		return nil, time.Time{}, err
	}
	t := together{all: all}
	began, ended := span(legs)
	var side []playback.Leg
	for _, o := range all {
		if f := o.sound; f.Channels() != 1 || f.Rate() != rate {
			return nil, time.Time{}, errors.Join(fmt.Errorf("recorder: %s has %d channels at %d Hz: it is no leg", o.about.Path, f.Channels(), f.Rate()), t.Close())
		}
		side = append(side, playback.Leg{Sound: o.sound, From: samples(o.about.Began.Sub(began)), Right: o.about.Part != string(fact.SeatCustomer)})
	}
	if t.File, err = playback.NewFile(playback.Together(side), rate); err != nil {
		return nil, time.Time{}, errors.Join(err, t.Close())
	}
	return t, ended, nil
}

// Wave is the picture of recordings of one segment, each channel a lane of its own, with so many points. It reads all of them, and gives up when
// ctx ends.
func (r *Recorder) Wave(ctx context.Context, views []fact.RecordingView, points int) ([]fact.RecordingLane, error) {
	all, err := r.openAll(views)
	if err != nil {
		return nil, err
	}
	defer closeAll(all)
	began, _ := span(views)
	var lanes []fact.RecordingLane
	for _, o := range all {
		wave, err := playback.Wave(ctx, o.sound, points)
		if err != nil {
			return nil, fmt.Errorf("recorder: %s: %w", o.about.Path, err)
		}
		parts := r.partsOf(o.about, len(wave))
		for i, peaks := range wave {
			lanes = append(lanes, fact.RecordingLane{
				Part: parts[i], From: o.about.Began.Sub(began).Seconds(), Seconds: float64(o.sound.Frames()) / float64(o.sound.Rate()), Peaks: peaks,
			})
		}
	}
	return lanes, nil
}

// partsOf says who is in which channel, as the metadata have it.
func (r *Recorder) partsOf(v fact.RecordingView, channels int) []string {
	var m metadata
	if text, err := r.Metadata(v.Path); channels > 1 && err == nil && json.Unmarshal(text, &m) == nil && len(m.Format.Channels) == channels {
		return m.Format.Channels
	}
	return strings.Split(strings.Repeat(v.Part+" ", channels), " ")[:channels]
}

// span is when the first of some began and the last ended.
func span(views []fact.RecordingView) (began, ended time.Time) {
	for i, v := range views {
		if i == 0 || v.Began.Before(began) {
			began = v.Began
		}
		if end := v.Began.Add(seconds(v.Seconds)); end.After(ended) {
			ended = end
		}
	}
	return began, ended
}

func samples(d time.Duration) int64 { return int64(math.Round(d.Seconds() * rate)) }
