package media

import "mediasrv/media/codec"

// fades says whether the change to p is one between what plays in front and what plays behind it, with no voice over either: an announcement begins in
// the music, or the music goes on.
func (o *outbound) fades(next source) bool {
	return next.voices == 0 && o.source.voices == 0 && next.token != 0 && o.source.token != 0 && next.front != o.source.front
}

// cross sends the first frame after such a change: what played behind dies away under what comes in front, and comes back from there, so that neither
// is cut in the middle of a wave, which would be a click. The frames that were encoded when they were loaded follow.
func (e *Endpoint) cross(w *Worker, r *Room, p *player, at int, now int64) {
	o := &e.say
	out := w.out[:r.frame]
	clear(out)
	copy(out, e.playing(w, p, at))
	switch {
	case p == &o.music:
		for i := range out {
			out[i] = int16(int(out[i]) * i / len(out))
		}
	case e.play == nil && o.music.active() && o.music.frames() > 0: // a resampler that remembers one sound can't take another
		at := o.music.frame
		if o.music.play.InStep {
			at = int(r.last % int64(o.music.frames()))
		}
		for i, s := range o.music.play.Audio.PCM()[at*codec.Frame : (at+1)*codec.Frame] {
			out[i] = int16(min(max(int(out[i])+int(s)*(len(out)-i)/len(out), -1<<15), 1<<15-1))
		}
	}
	e.encode(w, e.narrow(w, out), now)
}
