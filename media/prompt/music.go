package prompt

import "math"

// The built-in hold music: sixteen bars at 75 beats a minute, 51.2 s, in C. A soft pad holds a chord per bar, an electric piano
// plays it broken, in the second half a bell-like melody joins. Everything is between 300 and 3400 Hz, where telephones hear.
const (
	beat      = Rate * 8 / 10 // samples
	bar       = 4 * beat
	bars      = 16
	musicLen  = bars * bar
	musicRMS  = 0.0794 // -22 dBFS
	musicPeak = 20000
)

// progression has a chord per bar, as MIDI notes from E4 (330 Hz) upwards, voiced so that its voices move little.
func progression() [bars][4]int {
	return [bars][4]int{
		{65, 69, 72, 76}, {64, 67, 71, 74}, {65, 69, 72, 74}, {64, 67, 71, 72}, // Fmaj7 Em7 Dm7 Cmaj7
		{65, 69, 72, 76}, {67, 71, 74, 77}, {64, 67, 72, 76}, {64, 69, 72, 79}, // Fmaj7 G7 C Am7
		{65, 69, 72, 76}, {64, 67, 71, 74}, {64, 69, 72, 76}, {64, 67, 71, 74}, // Fmaj7 Em7 Am Em7
		{65, 69, 72, 77}, {65, 69, 72, 74}, {65, 67, 71, 74}, {64, 67, 72, 74}, // F Dm7 G7 Cadd9
	}
}

// voice is one line of the melody: when (in eighths from the beginning), which note, how many eighths.
type voice struct{ at, note, length int }

func melody() []voice {
	return []voice{
		{64, 84, 3},
		{67, 83, 1},
		{68, 81, 4},
		{72, 79, 3},
		{75, 81, 1},
		{76, 83, 4},
		{80, 84, 3},
		{83, 86, 1},
		{84, 84, 4},
		{88, 83, 6},
		{96, 81, 3},
		{99, 84, 1},
		{100, 86, 4},
		{104, 84, 2},
		{106, 81, 2},
		{108, 77, 4},
		{112, 79, 3},
		{115, 81, 1},
		{116, 83, 4},
		{120, 84, 7},
		{8, 79, 3},
		{11, 81, 1},
		{12, 83, 4},
		{24, 76, 6},
		{40, 83, 3},
		{43, 81, 1},
		{44, 79, 4},
		{56, 84, 6},
	}
}

// Music is the built-in hold music, made from scratch by every call (which takes about a second): loops without a seam.
func Music() *Prompt {
	buf := make(ring, musicLen)
	for i, chord := range progression() {
		for _, note := range chord {
			buf.pad(i*bar, pitch(note))
		}
		for j, k := range [8]int{0, 2, 1, 3, 2, 3, 1, 2} {
			octave := 12 * ((j + 1) / 4 % 2)
			buf.piano(i*bar+j*beat/2, pitch(chord[k]+octave), 0.5-0.12*float64(j%2))
		}
	}
	for _, v := range melody() {
		buf.bell(v.at*beat/2, pitch(v.note), v.length*beat/2)
	}
	buf.room()
	return loop("built-in music", buf.level())
}

func pitch(note int) float64 { return 440 * math.Exp2(float64(note-69)/12) }

// ring is a buffer whose end is its beginning: what rings on after the last bar is heard in the first.
type ring []float64

func (r ring) add(at, n int, f func(t float64) float64) {
	for i := range n {
		r[(at+i)%len(r)] += f(float64(i) / Rate)
	}
}

// pad is a choir of two slightly detuned oscillators, which swells and fades over into the next chord.
func (r ring) pad(at int, hz float64) {
	n := bar + bar/3
	length := float64(n) / Rate
	r.add(at, n, func(t float64) float64 {
		swell := math.Sin(math.Pi / 2 * min(1, t/0.9, (length-t)/1.1))
		sum := 0.0
		for k := 1.0; k <= 3 && k*hz < 2400; k++ {
			w := 2 * math.Pi * hz * k * t
			sum += (math.Sin(w*1.0012) + math.Sin(w*0.9988+k)) / (k * k)
		}
		return 0.16 * swell * swell * sum
	})
}

// piano is a struck tine: its partials die away sooner the higher they are.
func (r ring) piano(at int, hz, loud float64) {
	r.add(at, 2*beat+beat/2, func(t float64) float64 {
		sum := 0.0
		for k := 1.0; k <= 4 && k*hz < 3200; k++ {
			sum += math.Sin(2*math.Pi*hz*k*t) * math.Exp(-t*(1.6+1.5*k)) / (k * math.Sqrt(k))
		}
		return loud * sum * soft(t, 0.006, 2)
	})
}

// bell sings the melody: nearly a sine, with a slow vibrato.
func (r ring) bell(at int, hz float64, length int) {
	held := float64(length) / Rate
	r.add(at, length+beat, func(t float64) float64 {
		w := 2*math.Pi*hz*t + 0.25*min(1, t)*math.Sin(2*math.Pi*4.6*t)
		tail := math.Exp(-1.1*t) * math.Exp(-6*max(0, t-held))
		return 0.34 * (math.Sin(w) + 0.12*math.Sin(2*w)*math.Exp(-4*t)) * tail * soft(t, 0.03, held+float64(beat)/Rate)
	})
}

// soft rises within attack seconds, and falls within the last 50 ms of end, so that nothing clicks.
func soft(t, attack, end float64) float64 { return max(0, min(1, t/attack, (end-t)/0.05)) }

// room adds a little reverberation (Schroeder's: combs, then all-passes). It runs around the ring twice: the first time fills its delays.
func (r ring) room() {
	combs := []delay{{d: make([]float64, 281)}, {d: make([]float64, 313)}, {d: make([]float64, 337)}, {d: make([]float64, 359)}}
	passes := []delay{{d: make([]float64, 97)}, {d: make([]float64, 37)}}
	wet := make([]float64, len(r))
	for range 2 {
		for i, x := range r {
			y := 0.0
			for c := range combs {
				y += combs[c].comb(x, 0.8)
			}
			y /= float64(len(combs))
			for c := range passes {
				y = passes[c].allpass(y, 0.6)
			}
			wet[i] = y
		}
	}
	for i := range r {
		r[i] += 0.28 * wet[i]
	}
}

// delay is a line of samples.
type delay struct {
	d []float64
	i int
}

func (l *delay) comb(x, feedback float64) float64 {
	y := l.d[l.i]
	l.d[l.i] = x + feedback*y
	l.i = (l.i + 1) % len(l.d)
	return y
}

func (l *delay) allpass(x, g float64) float64 {
	y := l.d[l.i] - g*x
	l.d[l.i] = x + g*y
	l.i = (l.i + 1) % len(l.d)
	return y
}

// level brings the music to its level; should a moment be too loud for that, the whole gets a little softer.
func (r ring) level() []int16 {
	sum, peak := 0.0, 0.0
	for _, x := range r {
		sum, peak = sum+x*x, max(peak, math.Abs(x))
	}
	gain := min(musicRMS*32768/math.Sqrt(sum/float64(len(r))), musicPeak/peak)
	out := make([]int16, len(r))
	for i, x := range r {
		out[i] = clip(gain * x)
	}
	return out
}
