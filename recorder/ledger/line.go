package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// What a line says of a file.
const (
	Closed  = "closed"  // it is complete, with these hashes
	Deleted = "deleted" // it was deleted on purpose
)

// Link is a place in a day's chain.
type Link struct {
	Number   int    `json:"number"`   // 1 is the day's first
	Previous string `json:"previous"` // hash of the line before, without its end of line; empty for the first
	Key      string `json:"key"`      // which signs
}

// Line is a line of a day's ledger. Hashes are SHA-256 in hex.
type Line struct {
	Link
	At       time.Time `json:"at"`
	What     string    `json:"what"`
	Segment  string    `json:"segment"`
	Part     string    `json:"part"`
	Leg      string    `json:"leg"`                // empty: several legs
	Audio    string    `json:"audio,omitempty"`    // of the sound's file
	Metadata string    `json:"metadata,omitempty"` // of the JSON beside it
	After    *Head     `json:"after,omitempty"`    // a day's first line: where another day's ledger stood
}

// Head is how far a day's ledger has come.
type Head struct {
	Day    string `json:"day"`
	Number int    `json:"number"`
	Hash   string `json:"hash"` // of that line
}

// signatureKey is the last of a signed JSON object's keys. Signed are all bytes before it, so that a reader need not know how they were made.
const signatureKey = `"signature":"`

// Hash is the SHA-256 of b in hex.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// text is the line signed, without end of line.
func (l Line) text(key ed25519.PrivateKey) ([]byte, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return seal(b[:len(b)-1], ",", "}", key), nil
}

// seal appends the signature of body to it, after a separator and before an end.
func seal(body []byte, separator, end string, key ed25519.PrivateKey) []byte {
	body = append(body, separator...)
	signature := ed25519.Sign(key, body)
	body = append(body, signatureKey...)
	body = append(body, base64.StdEncoding.EncodeToString(signature)...)
	return append(append(body, '"'), end...)
}
