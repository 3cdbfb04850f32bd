package tts

const (
	trimLead  = 20  // ms of the silence at its beginning that a text keeps
	trimTail  = 60  // and at its end, where speech fades
	trimBelow = 200 // what is quieter than the loudest sample by this factor (46 dB) is silence
)

// trim shortens the silence with which engines begin and end a text (espeak-ng: a third of a second at the end): in the music of those who wait it would
// be a hole. A text that is silence alone stays as it is.
func trim(pcm []int16, rate int) []int16 {
	loudest := 0
	for _, s := range pcm {
		loudest = max(loudest, int(s), -int(s))
	}
	from, to := -1, 0
	for i, s := range pcm {
		if max(int(s), -int(s)) > loudest/trimBelow {
			to = i + 1
			if from < 0 {
				from = i
			}
		}
	}
	if from < 0 {
		return pcm
	}
	return pcm[max(0, from-rate*trimLead/1000):min(len(pcm), to+rate*trimTail/1000)]
}
