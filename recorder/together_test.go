package recorder

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// viewOf is a recording as pages have it.
func viewOf(r fact.Recording) fact.RecordingView {
	return fact.RecordingView{Part: r.Part, Path: r.Path, Segment: r.Segment, Began: r.Start, Seconds: r.End.Sub(r.Start).Seconds()}
}

// The legs of a segment, put together while they are read, are the merged file, as PCM to the byte; their picture shows who speaks when.
func TestTogether(t *testing.T) {
	for _, format := range []string{"", fact.FormatALaw, fact.FormatOpus} {
		t.Run(format, func(t *testing.T) { putTogether(t, format) })
	}
}

func putTogether(t *testing.T, format string) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		f := twoParties("s1")
		f.Format = format
		tap := s.begin(f)
		talkAll(tap, time.Second, talker{channel: 0, hz: 440})
		talkAll(tap, 3*time.Second, talker{channel: 1, hz: 880})
		s.Stop("s1")
		time.Sleep(time.Second)
		customer, agent, merged := viewOf(s.index.part(t, "customer")), viewOf(s.index.part(t, "agent")), viewOf(s.index.part(t, "merged"))

		both, at, err := s.Together([]fact.RecordingView{agent, customer})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(both)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, merged.Path))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 44+4*4*rate || format == "" && !bytes.Equal(got, want) || at != agent.Began.Add(4*time.Second) {
			t.Errorf("%d bytes of %v, the merged file has %d", len(got), at, len(want))
		}
		if err := both.Close(); err != nil {
			t.Error(err)
		}

		lanes, err := s.Wave(t.Context(), []fact.RecordingView{customer, agent}, 4)
		if err != nil || len(lanes) != 2 || lanes[0].Part != "customer" || lanes[1].Part != "agent" || lanes[1].Seconds != 4 || lanes[1].From != 0 {
			t.Fatalf("lanes %+v, %v", lanes, err)
		}
		for i, speaks := range []bool{true, false, false, false} {
			if c, a := lanes[0].Peaks[i], lanes[1].Peaks[i]; c > 30 != speaks || a > 30 == speaks {
				t.Errorf("quarter %d: customer %d, agent %d", i, c, a)
			}
		}
		late := agent
		late.Began = late.Began.Add(time.Second)
		if lanes, err := s.Wave(t.Context(), []fact.RecordingView{customer, late}, 4); err != nil || lanes[1].From != 1 {
			t.Errorf("one that begins a second later: %+v, %v", lanes, err)
		}
		if of, err := s.Wave(t.Context(), []fact.RecordingView{merged}, 4); err != nil || len(of) != 2 || of[0].Part != "customer" || of[1].Part != "agent" ||
			of[0].Peaks[0] < lanes[0].Peaks[0]-5 || of[0].Peaks[2] > 30 || of[1].Peaks[2] < lanes[1].Peaks[2]-5 {
			t.Errorf("of the merged file: %+v, %v; of the legs %+v", of, err, lanes)
		}
		for name, legs := range map[string][]fact.RecordingView{
			"none": nil, "the merged file": {customer, merged}, "one that is gone": {customer, {Path: "2000-01-01/gone.wav"}}, "one outside": {{Path: "../key.pem"}},
		} {
			if _, _, err := s.Together(legs); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		s.stop()
	})
}
