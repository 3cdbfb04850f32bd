// Package ui carries the built pages. `make ui` writes them into dist; without it only .keep is there.
package ui

import "embed"

// Dist is the folder dist as it was when the binary was built. It may hold nothing but .keep.
//
//go:embed all:dist
var Dist embed.FS
