package recorder

import (
	"hash/fnv"
	"io"
	"strings"

	"mediasrv/media/ogg"
	"mediasrv/media/wav"
	"mediasrv/routing/fact"
)

// container writes a file's sound. When the disk doesn't take it, sound is left out and becomes silence.
type container interface {
	Write(pcm []int16) (lost int, err error)
	Silence(frames int) (lost int, err error)
	Flush() error
	Frames() int64
	Close() error
}

// disk is what a file has to be for containers.
type disk interface {
	io.WriterAt
	Truncate(size int64) error
}

// damaged is a file that is to be repaired.
type damaged interface {
	io.ReaderAt
	disk
}

// kind is how the sound of a file is kept.
type kind struct {
	container string // for metadata
	coding    string
	suffix    string // of the name
	open      func(f disk, channels int, name string) (container, error)
	repair    func(f damaged, size int64) (frames int64, err error)
}

const (
	suffixWAV  = ".wav"
	suffixOpus = ".opus"

	suffixAge     = ".age"    // behind the others: it is encrypted
	suffixJournal = ".sealed" // likewise, but as it was when the server ended, since nothing here could open it
)

// suffixes are all that finished sound may end with.
func suffixes() []string {
	return []string{
		suffixWAV, suffixOpus, suffixWAV + suffixAge, suffixOpus + suffixAge, suffixWAV + suffixJournal, suffixOpus + suffixJournal,
	}
}

// sealed is the same, encrypted.
func (k kind) sealed() kind {
	k.suffix += suffixAge
	return k
}

func isSealed(suffix string) bool {
	return strings.HasSuffix(suffix, suffixAge) || strings.HasSuffix(suffix, suffixJournal)
}

// kindOf is what a segment asks for.
func kindOf(f fact.Segment) kind {
	switch f.Format {
	case fact.FormatALaw:
		return kind{"wav", "pcm_alaw", suffixWAV, lawWriter(wav.ALaw), repairWAV}
	case fact.FormatULaw:
		return kind{"wav", "pcm_mulaw", suffixWAV, lawWriter(wav.ULaw), repairWAV}
	case fact.FormatOpus:
		return kind{"ogg", "opus", suffixOpus, opusWriter, repairOpus}
	}
	return kind{"wav", "pcm_s16le", suffixWAV, func(f disk, channels int, _ string) (container, error) { return wav.NewWriter(f, rate, channels), nil }, repairWAV}
}

func lawWriter(as wav.Coding) func(disk, int, string) (container, error) {
	return func(f disk, channels int, _ string) (container, error) {
		return wav.NewLawWriter(f, rate, channels, as)
	}
}

func opusWriter(f disk, channels int, name string) (container, error) {
	serial := fnv.New32a()
	_, _ = serial.Write([]byte(name))
	return ogg.NewWriter(f, channels, serial.Sum32())
}

func repairWAV(f damaged, size int64) (int64, error) {
	_, frames, err := wav.Repair(f, size)
	return frames, err
}

func repairOpus(f damaged, size int64) (int64, error) {
	_, frames, err := ogg.Repair(f, size)
	return frames, err
}

// cutSound takes the suffix of finished sound off a path.
func cutSound(path string) (name, suffix string, ok bool) {
	for _, s := range suffixes() {
		if name, ok := strings.CutSuffix(path, s); ok {
			return name, s, true
		}
	}
	return path, "", false
}

// kindBySuffix is what an unfinished file is, by its suffix. G.711 is repaired as PCM is.
func kindBySuffix(suffix string) kind {
	if strings.HasPrefix(suffix, suffixOpus) {
		return kindOf(fact.Segment{Format: fact.FormatOpus})
	}
	return kindOf(fact.Segment{})
}
