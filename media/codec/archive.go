package codec

import (
	"fmt"

	"github.com/hraban/opus"
)

const (
	// ArchiveDelay is how long the encoders of NewArchive hold sound back, in samples at 48 kHz: the pre-skip of a file (RFC 7845, 4.2).
	ArchiveDelay = 312

	archiveBitrate    = 16000 // as much as narrow-band speech can use
	archiveComplexity = 0     // each step above it costs as much again and is hardly heard at this rate
)

// NewArchive makes an Opus encoder for files, for frames of 20 ms at Rate. Their packets have one frame each, with no padding.
func NewArchive() (Encoder, error) {
	enc, err := opus.NewEncoder(Rate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("codec: opus encoder: %w", err)
	}
	if err := enc.SetBitrate(archiveBitrate); err != nil {
		return nil, fmt.Errorf("codec: opus encoder: bitrate: %w", err)
	}
	if err := enc.SetComplexity(archiveComplexity); err != nil {
		return nil, fmt.Errorf("codec: opus encoder: complexity: %w", err)
	}
	return &opusEncoder{enc: enc}, nil
}
