//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
)

// A caller leaves a tone for a message; the file contains it and nothing of the prompts, and the agent's page plays it.
func TestVoicemail(t *testing.T) {
	if !alone(t) {
		return
	}
	s := prepare(t, options{})
	s.changed("numbers:\n", "numbers:\n  \"+815012345690\": {to: {voicemail: box}}\n", "queues:\n", "voicemails:\n  box: {queue: quiet, greeting: {say: \""+voicemailGreeting+"\"}, thanks: {say: \""+goodbyeText+"\"}, silence: 3s}\nqueues:\n")
	aiko := s.browse("aiko", agentTone)
	left := s.call("+815012345690", "--tone", "440", "--for", "12s")
	left.ended()
	left.heardText(s, voicemailGreeting, true)
	left.heardText(s, goodbyeText, false)
	if n := readWAV(t, left.heard).toneWindows(0, 1000); n < 3 || n > 5 {
		t.Errorf("the beep was heard for %d windows, want 4", n)
	}
	eventually(t, "the message's file", func() error { return s.countRecordings(1) })
	file := readWAV(t, s.recordings("*_voicemail_1.wav")[0])
	if n, all := file.toneWindows(0, 440), file.windows(); n < all-3 || n < 40 || len(file.channels) != 1 {
		t.Errorf("the message has the caller's tone in %d of %d windows", n, all)
	}
	s.want("quiet|", "SELECT queue || '|' || heard_by FROM voicemails")
	aiko.shows("voicemail", "quiet")
	aiko.plays(`document.querySelector('[data-testid="voicemail"] audio')`, 440)
	s.want("aiko", "SELECT heard_by FROM voicemails")
	aiko.click("voicemail-done")
	s.want("aiko", "SELECT done_by FROM voicemails")
	eventually(t, "the list is empty", func() error {
		if text := aiko.text("voicemail"); text != "" {
			return fmt.Errorf("it says %q", text)
		}
		return nil
	})
	mute := filepath.Join(t.TempDir(), "mute.wav")
	writeTone(t, mute, 0)
	silent := s.call("+815012345690", "--play", mute, "--for", "60s") // says nothing: is thanked, and leaves no message
	silent.ended()
	silent.heardText(s, goodbyeText, true)
	s.want("1", "SELECT count(*) FROM voicemails")
	s.want("1", "SELECT count(*) FROM events WHERE kind = 'voicemail-empty'")
}

const voicemailGreeting = "Nobody is here. Speak after the tone."
