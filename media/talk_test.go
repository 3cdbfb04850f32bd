package media_test

import (
	"slices"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
)

// Who begins and ends to speak is told, if the plan asks for it.
func TestTalk(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	var p media.Plan
	p.Rows[a.ID()].Talk = true
	room.Set(p)
	w.Run(time.Second)
	fa.Say(440)
	w.Run(time.Second)
	fa.Say(0)
	w.Run(2 * time.Second)
	if on, off := kinds(events(), media.Talks), kinds(events(), media.Quiet); len(on) != 1 || len(off) != 1 || off[0].At.Sub(on[0].At) > 2*time.Second {
		t.Errorf("talks %+v, quiet %+v", on, off)
	}
}

// Music in step is at the same place for all who hear it, whenever they came; else each begins at its start.
func TestMusicInStep(t *testing.T) {
	for _, step := range []bool{true, false} {
		w := mediatest.New(t, nil)
		pcm := append(mediatest.Tone(440, 0, 16000), mediatest.Tone(1000, 0, 16000)...)
		music := media.Play{Token: 1, Audio: newPrompt(t, pcm), Loop: true, InStep: step}
		var fars []*mediatest.Far
		for range 2 {
			room, _ := w.Room()
			e, f := w.Join(room, codec.PCMU)
			var p media.Plan
			p.Rows[e.ID()].Music = music
			room.Set(p)
			fars = append(fars, f)
			w.Run(1500 * time.Millisecond)
		}
		w.Forget()
		w.Run(3 * time.Second)
		one, two := fars[0].Heard(), fars[1].Heard()
		if same := slices.Equal(one[:8000], two[:8000]); same != step {
			t.Errorf("in step %v: the same %v", step, same)
		}
	}
}
