package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	maxPrompt = 4 << 20
	maxSecret = 64 << 10
)

var errBareSecret = errors.New("secrets don't stand in this file: put it into an environment variable and write env:NAME, " +
	"or into a file and write file:PATH")

// secret reads env:NAME and file:PATH. What stands there otherwise is never repeated.
func secret() *shape {
	return &shape{
		expects: "env:NAME or file:PATH", secret: true, isNumber: true,
		schema: map[string]any{"pattern": "^(env|file):.+$"},
		scalar: func(c *checker, n *node) (any, error) {
			source, place, _ := strings.Cut(n.text, ":")
			switch {
			case c.silent:
				return "", nil
			case source == "env" && place != "":
				return fromEnv(place)
			case source == "file" && place != "":
				return c.fromFile(place)
			}
			return nil, errBareSecret
		},
	}
}

func fromEnv(name string) (string, error) {
	switch v, ok := os.LookupEnv(name); {
	case !ok:
		return "", fmt.Errorf("the environment variable %s is not set", name)
	case v == "":
		return "", fmt.Errorf("the environment variable %s is empty", name)
	default:
		return v, nil
	}
}

func (c *checker) fromFile(place string) (string, error) {
	path := c.path(place)
	c.uses(path)
	if err := regular(path); err != nil {
		return "", fmt.Errorf("the secret's file %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the secret's file %w", reason(path, err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("the secret's file %w", reason(path, err))
	}
	v := strings.TrimRight(string(text), "\r\n")
	switch {
	case len(text) > maxSecret:
		return "", fmt.Errorf("the secret's file %s is over %d KB", path, maxSecret>>10)
	case v == "":
		return "", fmt.Errorf("the secret's file %s is empty", path)
	case strings.ContainsAny(v, "\r\n\x00"):
		return "", fmt.Errorf("the secret's file %s has more than one line", path)
	}
	return v, nil
}

// regular says what is wrong with a file that should be there.
func regular(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return reason(path, err)
	case info.IsDir():
		return fmt.Errorf("%s is a folder", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", path)
	}
	return nil
}

// reason words an error of the file system without its system call.
func reason(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist", path)
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return fmt.Errorf("%s can't be read: %w", path, err)
}

// promptFile is an audio file; its value is the absolute path.
func promptFile() *shape {
	types := []string{"mp2", "mp3", "ircam", "m4a", "m4r", "voc", "vox", "wav"}
	return &shape{
		expects: "a file of at most 4 MB: " + strings.Join(types, ", "),
		scalar: func(c *checker, n *node) (any, error) {
			path := c.path(n.text)
			if n.text == "" {
				return nil, errors.New("is empty")
			}
			ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
			if !slices.Contains(types, ext) {
				return nil, fmt.Errorf("%q is no type of audio that is read", ext)
			}
			if c.silent {
				return path, nil
			}
			c.uses(path)
			if err := regular(path); err != nil {
				return nil, err
			}
			info, err := os.Stat(path)
			if err != nil {
				return nil, reason(path, err)
			}
			if info.Size() > maxPrompt {
				return nil, fmt.Errorf("%s has %.1f MB", path, float64(info.Size())/(1<<20))
			}
			return path, nil
		},
	}
}
