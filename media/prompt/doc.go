// Package prompt turns audio (a decoded file, synthesised speech, built-in tones and music) into a Prompt: encoded once per
// codec, immutable, and shared by every listener.
package prompt
