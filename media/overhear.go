package media

import (
	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// lateDigits is how many packets one may be late and count as late: further behind, the sender has begun anew.
const lateDigits = 32

// overhears says whether a voice is listened to for its digits alone: nobody hears it decoded.
func (e *Endpoint) overhears() bool {
	return !e.in.need && e.coders != nil && e.pad != nil && e.inband()
}

// overhear looks for digits in a packet as it comes, without the order and the even pace of a jitter buffer: one that comes after its followers is left
// out, and for lost ones nothing is made up. A digit goes on over both.
func (e *Endpoint) overhear(w *Worker, h rtp.Header, payload []byte, now int64) {
	in := &e.in
	if behind := in.overheard - h.Seq; in.listened && behind < lateDigits {
		return
	}
	in.overheard, in.listened = h.Seq, true
	n, err := e.dec.Decode(payload, w.pcm[:])
	if err != nil {
		w.count[dropDecode]++
		return
	}
	e.tones(w.pcm[:n], e.from, now)
}

// lull ends a digit whose peer sends no voice any more.
func (e *Endpoint) lull(w *Worker, now int64) {
	if e.overhears() && now-e.in.voice >= watchTime {
		e.tones(w.silence[:], codec.Rate, now)
	}
}
