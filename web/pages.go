package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

const (
	indexPage  = "index.html"
	assetsPath = "assets/" // names in it contain a hash of the content
	minGzip    = 1 << 10
)

// noPages is served by a binary that was built without the pages.
const noPages = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>mediasrv</title></head>
<body><h1>This mediasrv was built without its pages</h1>
<p>Build them, then the binary, in the source folder: <code>make ui build</code> (needs Node.js and npm). <code>make run</code> does both and starts it.</p>
<p>Calls, the HTTP API and desk phones work without the pages.</p></body></html>
`

// page is one file of the pages, ready to be sent.
type page struct {
	plain, zipped []byte // zipped is nil if it isn't smaller
	kind          string // Content-Type
	tag           string // ETag
	immutable     bool
}

// pages serves the built pages from memory.
type pages struct {
	files map[string]page
	index page
}

// loadPages reads all files of dist. Without an index.html there is one page, which says how to build the others.
func loadPages(dist fs.FS) (*pages, error) {
	p := &pages{files: make(map[string]page)}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		text, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		p.files[name] = newPage(name, text)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web: load the pages: %w", err)
	}
	index, ok := p.files[indexPage]
	if !ok {
		index = newPage(indexPage, []byte(noPages))
		p.files = map[string]page{indexPage: index}
	}
	p.index = index
	return p, nil
}

func newPage(name string, text []byte) page {
	sum := sha256.Sum256(text)
	pg := page{plain: text, tag: `"` + hex.EncodeToString(sum[:12]) + `"`, immutable: strings.HasPrefix(name, assetsPath)}
	pg.kind = contentType(name, text)
	if len(text) >= minGzip && compressible(pg.kind) {
		if zipped, err := zip(text); err == nil && len(zipped) < len(text) {
			pg.zipped = zipped
		}
	}
	return pg
}

// contentType does not depend on the machine's tables for what pages are made of.
func contentType(name string, text []byte) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return http.DetectContentType(text)
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "image/svg") ||
		strings.HasPrefix(kind, "application/manifest")
}

func zip(text []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = z.Write(text)
	err = errors.Join(err, z.Close()) // before the bytes are taken: Close writes the rest
	return b.Bytes(), err
}

// ServeHTTP sends a file, or the index for addresses that the pages route themselves. A missing asset is 404: after an upgrade an old page
// must not take HTML for a script.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "Pages can only be read.")
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	pg, ok := p.files[name]
	if !ok && (strings.HasPrefix(name, assetsPath) || path.Ext(name) != "") {
		refuse(w, http.StatusNotFound, "There is no such file.")
		return
	}
	if !ok {
		pg = p.index
	}
	pg.send(w, r)
}

func (pg page) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", pg.kind)
	h.Set("Cache-Control", "no-cache")
	if pg.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", pg.tag)
	h.Set("Vary", "Accept-Encoding")
	body := pg.plain
	if pg.zipped != nil && r.Header.Get("Range") == "" && acceptsGzip(r) {
		body = pg.zipped
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", strings.TrimSuffix(pg.tag, `"`)+`-gz"`)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reads Accept-Encoding; "gzip;q=0" refuses it.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
