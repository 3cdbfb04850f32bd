package web

import (
	"errors"
	"net/http"
	"path"
	"strings"

	"mediasrv/routing/fact"
)

const sealedText = "This recording is encrypted, and the server has no key that opens it. Whoever has the key opens the file with: mediasrv decrypt."

// refuseSound says why a sound can't be heard.
func refuseSound(w http.ResponseWriter, err error, gone string) {
	if errors.Is(err, fact.ErrSealed) {
		refuse(w, http.StatusConflict, sealedText)
		return
	}
	refuse(w, http.StatusNotFound, gone)
}

// soundFile is the media type of a recording's sound, and the name that a download of it has: sealed files are opened before they are sent.
func soundFile(file string) (kind, name string) {
	name = strings.TrimSuffix(strings.TrimSuffix(path.Base(file), ".age"), ".sealed")
	if strings.HasSuffix(name, ".opus") {
		return "audio/ogg", name
	}
	return "audio/wav", name
}
