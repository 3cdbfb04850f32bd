package certify

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"time"
)

//go:embed report.html
var page string

// Files are the names of what Write makes.
const (
	fileJSON = "certify.json"
	fileHTML = "certify.html"
)

// Write puts the report into a folder, which is made if there is none, as a page and as JSON. It returns their paths. Reports hold telephone numbers and
// addresses, so only their owner can read them.
func (r *Report) Write(folder string) (paths []string, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("certify: report: %w", err)
	}
	for name, write := range map[string]func(io.Writer) error{fileJSON: r.JSON, fileHTML: r.HTML} {
		path := filepath.Join(folder, name)
		if err := writeFile(path, write); err != nil {
			return nil, fmt.Errorf("certify: report: %w", err)
		}
	}
	return []string{filepath.Join(folder, fileHTML), filepath.Join(folder, fileJSON)}, nil
}

func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// HTML writes the report for people: one page without scripts, and nothing that is loaded from elsewhere.
func (r *Report) HTML(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"seconds": seconds,
		"class": func(l Level) string {
			return map[Level]string{OK: "ok", Odd: "odd", Wrong: "wrong", NotTested: "none"}[l]
		},
		"day":   func(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") },
		"count": r.count,
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("certify: page: %w", err)
	}
	return t.Execute(w, r)
}
