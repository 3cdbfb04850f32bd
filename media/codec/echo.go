package codec

// echo makes up for packets that are lost, by what was heard before: it goes on with the last period of the voice, quieter all the time, and fades over to
// the next packet (in the manner of G.711 appendix I, without its delay).
type echo struct {
	rate   int
	past   []int16 // the latest samples, oldest first
	period []int16 // what is repeated
	length int     // of the period
	at     int     // in the period
	lost   int     // samples made up since the last packet
	step   int32   // from the end of the past to the period's start, to be smoothed
}

// Times of an echo, ms.
const (
	echoPast     = 40
	echoShortest = 5  // period: 200 Hz; higher voices are found as several of their periods
	echoLongest  = 15 // 66 Hz
	echoFull     = 10 // without fading
	echoEnd      = 60 // silence from then on
)

func newEcho(rate int) echo {
	return echo{rate: rate, past: make([]int16, rate/1000*echoPast), period: make([]int16, rate/1000*echoLongest)}
}

// heard takes what was decoded. After a loss it is faded in, in place.
func (e *echo) heard(pcm []int16) {
	if len(pcm) == 0 {
		return
	}
	if e.lost > 0 {
		n := min(len(pcm), e.rate/1000*5)
		for i := range n {
			old := int(e.next())
			pcm[i] = int16((int(pcm[i])*(i+1) + old*(n-i-1)) / n)
		}
		e.lost = 0
	}
	if n, size := len(pcm), len(e.past); n >= size {
		copy(e.past, pcm[n-size:])
	} else {
		copy(e.past, e.past[n:])
		copy(e.past[size-n:], pcm)
	}
}

// fill makes up samples.
func (e *echo) fill(pcm []int16) {
	if e.lost == 0 {
		e.begin()
	}
	for i := range pcm {
		pcm[i] = e.next()
	}
}

// begin cuts out the last period. Its end fades into what came before its start, so that it can follow itself.
func (e *echo) begin() {
	n, size := e.pitch(), len(e.past)
	quarter := n / 4
	copy(e.period, e.past[size-n:])
	for i := range quarter {
		tail, before := int(e.past[size-quarter+i]), int(e.past[size-n-quarter+i])
		e.period[n-quarter+i] = int16((tail*(quarter-i-1) + before*(i+1)) / quarter)
	}
	e.length, e.at = n, 0
	e.step = int32(e.past[size-1]) - int32(e.past[size-n-1])
}

// next is one sample that is made up.
func (e *echo) next() int16 {
	end := e.rate / 1000 * echoEnd
	if e.lost >= end {
		return 0
	}
	s := int32(e.period[e.at])
	if smooth := int32(e.length / 4); int32(e.lost) < smooth {
		s = clip16(s + e.step*(smooth-int32(e.lost)-1)/smooth)
	}
	if full := e.rate / 1000 * echoFull; e.lost > full {
		s = s * int32(end-e.lost) / int32(end-full)
	}
	e.lost++
	if e.at++; e.at == e.length {
		e.at = 0
	}
	return int16(s)
}

// pitch is the period of the voice in samples: where the past is most like itself. Every second sample at 16 kHz is enough to see it.
func (e *echo) pitch() int {
	const window = 20 // ms
	ms, stride := e.rate/1000, e.rate/Rate
	now := e.past[len(e.past)-window*ms:]
	best, length := 0.0, echoShortest*ms
	for lag := echoShortest * ms; lag <= echoLongest*ms; lag += stride {
		then := e.past[len(e.past)-window*ms-lag:]
		var both, own int64
		for i := 0; i < len(now); i += stride {
			both += int64(now[i]) * int64(then[i])
			own += int64(then[i]) * int64(then[i])
		}
		if both <= 0 {
			continue
		}
		if like := float64(both) * float64(both) / float64(own+1); like > best {
			best, length = like, lag
		}
	}
	return length
}
