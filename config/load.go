package config

import (
	"path/filepath"
	"time"
)

// Load reads, checks and resolves a file. Its error is a Mistakes with every mistake found. It reads the secrets and looks at the files
// that the file names, so it may wait for the disk.
func Load(path string) (*Config, error) {
	text, err := readFile(path)
	if err != nil {
		at := Position{File: path, Line: 1, Column: 1}
		return nil, Mistakes{{At: at, Text: err.Error()}}
	}
	return read(path, text)
}

const emptyFile = "is empty: the smallest file has a number, a queue and a user"

// read is Load without the reading: path names the file and says where relative paths start.
func read(path string, text []byte) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, Mistakes{{At: Position{File: path, Line: 1, Column: 1}, Text: err.Error()}}
	}
	root, mistakes := parse(path, text)
	if root == nil {
		return nil, mistakes
	}
	c := &checker{file: path, dir: filepath.Dir(absolute), mistakes: mistakes, seen: map[string]bool{}}
	c.walk(root, "", "", file())
	if root.kind == nothing && len(c.mistakes) == 0 {
		return nil, Mistakes{{At: root.at, Text: emptyFile}}
	}
	if root.kind != mapping {
		return nil, c.mistakes.inOrder()
	}
	b := &builder{checker: c, root: root}
	cfg := b.build(absolute)
	if len(c.mistakes) > 0 {
		return nil, c.mistakes.inOrder()
	}
	return cfg, nil
}

// DataDirOf reads the data_dir of a file, whatever else is wrong with it: a running server is found by it.
func DataDirOf(path string) (string, error) {
	root, absolute, err := peek(path)
	if err != nil {
		return "", err
	}
	c := &checker{dir: filepath.Dir(absolute)}
	if n := root.get("data_dir"); n != nil && n.kind == scalar && n.text != "" {
		return c.path(n.text), nil
	}
	return c.path("data"), nil
}

// ZoneOf reads the company's time zone of a file, whatever else is wrong with it: who commands a running server means its times of the day.
func ZoneOf(path string) (*time.Location, error) {
	root, _, err := peek(path)
	if err != nil {
		return nil, err
	}
	n := root.get("company", "time_zone")
	if n == nil || n.kind != scalar || n.text == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(n.text)
	if err != nil {
		return nil, Mistakes{{At: n.at, Key: "company.time_zone", Text: err.Error()}}
	}
	return zone, nil
}

// peek reads a file without checking it.
func peek(path string) (root *node, absolute string, err error) {
	text, err := readFile(path)
	if err == nil {
		absolute, err = filepath.Abs(path)
	}
	if err != nil {
		return nil, "", Mistakes{{At: Position{File: path, Line: 1, Column: 1}, Text: err.Error()}}
	}
	root, mistakes := parse(path, text)
	if root == nil {
		return nil, "", mistakes
	}
	return root, absolute, nil
}
