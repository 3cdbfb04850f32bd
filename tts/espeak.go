package tts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"mediasrv/media/prompt"
)

const (
	espeak     = "espeak-ng"
	maxSamples = int(prompt.MaxLength/time.Second) * 48000

	baseWPM = 160 // words per minute at rate 1
	minWPM  = 80  // what espeak-ng can do
	maxWPM  = 450
)

// espeakNG is the engine that is there without being asked for.
type espeakNG struct{}

func (espeakNG) id() string { return espeak }

func (espeakNG) speak(ctx context.Context, u utterance, limit time.Duration) ([]int16, int, error) {
	bin, err := exec.LookPath(espeak)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s is not installed: apt-get install %s", ErrNoEngine, espeak, espeak)
	}
	voice := u.voice
	if voice == "" {
		voice = u.language
	}
	text, err := reading(ctx, u)
	if err != nil {
		return nil, 0, err
	}
	wpm := int(math.Round(max(minWPM, min(maxWPM, baseWPM*u.rate))))
	pcm, rate, err := program(ctx, limit, text, bin, "-v", voice, "-s", strconv.Itoa(wpm), "-b", "1", "--stdin", "--stdout")
	switch {
	case errors.Is(err, ErrEngine):
		return nil, 0, fmt.Errorf("%w (voice %q)", err, voice)
	case err == nil && len(pcm) == 0:
		return nil, 0, fmt.Errorf("%w: %s says nothing for %s", ErrEngine, espeak, u.title())
	}
	return pcm, rate, err
}

// reading is a text as espeak-ng can read it: it knows the kana of Japanese, but no kanji, which mecab and its dictionary can.
func reading(ctx context.Context, u utterance) (string, error) {
	if base, _, _ := strings.Cut(u.language, "-"); base != "ja" || !strings.ContainsFunc(u.text, isKanji) {
		return u.text, nil
	}
	bin, err := exec.LookPath("mecab")
	if err != nil {
		return "", fmt.Errorf("%w: kanji can't be read without mecab: apt-get install mecab mecab-ipadic-utf8", ErrNoEngine)
	}
	ctx, cancel := context.WithTimeout(ctx, readingTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, "-F", "%f[8]", "-U", "%m", "-E", `\n`) // pronunciation, else as it is written
	cmd.Stdin = strings.NewReader(u.text + "\n")
	cmd.WaitDelay = time.Second
	kana, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%w: mecab, %v", ErrTimeout, readingTime)
	case err != nil:
		return "", fmt.Errorf("%w: mecab: %w", ErrEngine, err)
	case strings.TrimSpace(string(kana)) == "":
		return "", fmt.Errorf("%w: mecab reads nothing in %s: apt-get install mecab-ipadic-utf8", ErrEngine, u.title())
	}
	return strings.TrimSpace(string(kana)), nil
}

const readingTime = 5 * time.Second

// isKanji is true for the characters that have a reading only in their context.
func isKanji(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r == '々'
}
