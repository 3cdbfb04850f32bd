package web

import (
	"path"
	"strings"
)

// soundFile is the media type of a recording's sound, and the name that a download of it has: sealed files are opened before they are sent.
func soundFile(file string) (kind, name string) {
	name = strings.TrimSuffix(path.Base(file), ".age")
	if strings.HasSuffix(name, ".opus") {
		return "audio/ogg", name
	}
	return "audio/wav", name
}
