package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Person is an entry of the directory.
type Person struct {
	Name    string
	Numbers []string // E.164
	Email   string
	Tags    []string
}

const maxDirectory = 20 << 20

// directoryColumns are those that the directory's file may have. The others are several in one: words with spaces between them.
var directoryColumns = []string{"name", "number", "numbers", "email", "tags"}

func directoryField() field {
	return field{
		key: "directory", what: reads("a CSV file with the columns name, numbers, email and tags", func(text string) (string, error) {
			if text == "" {
				return "", errors.New("is empty")
			}
			return text, nil
		}), or: "none",
		about: "People whom agents can call and find by name: a CSV file in UTF-8 whose first line names its columns (`name`, `number` or `numbers`, `email`, `tags`; several numbers or tags with spaces between them or in several columns of that name). Callers are shown by the names in it; to those with the tag `external_number` calls can be transferred. Users add others on the desk.",
	}
}

// directory reads the people of the directory's file. What is wrong in it is told with its line and column.
func (b *builder) directory(n *node) {
	if n == nil || n.value == nil || b.silent || !b.readable(n) {
		return
	}
	path := b.path(val(n, ""))
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxDirectory {
		b.wrong(n, fmt.Sprintf("%s has %d MB, more than %d", path, info.Size()>>20, maxDirectory>>20))
		return
	}
	f, err := os.Open(path)
	if err != nil {
		b.wrong(n, reason(path, err).Error())
		return
	}
	defer f.Close()
	d := &directoryFile{b: b, path: path, csv: csv.NewReader(f)}
	d.read()
}

// directoryFile is the directory's file while it is read.
type directoryFile struct {
	b       *builder
	path    string
	csv     *csv.Reader
	columns []string
}

func (d *directoryFile) read() {
	d.csv.FieldsPerRecord, d.csv.TrimLeadingSpace, d.csv.ReuseRecord = -1, true, true
	for {
		row, err := d.csv.Read()
		switch {
		case errors.Is(err, io.EOF):
			if d.columns == nil {
				d.wrong(1, 1, "is empty: expected a line with the columns, such as name,numbers,email,tags")
			}
			return
		case err != nil:
			at := &csv.ParseError{Line: 1, Column: 1}
			_ = errors.As(err, &at)
			d.wrong(at.Line, at.Column, "is no CSV: "+at.Err.Error())
			return
		case d.columns == nil:
			if !d.head(row) {
				return
			}
		default:
			d.person(row)
		}
	}
}

func (d *directoryFile) wrong(line, column int, text string) {
	d.b.mistakes = append(d.b.mistakes, Mistake{At: Position{File: d.path, Line: line, Column: column}, Key: "directory", Text: text})
}

// head reads the names of the columns; false: the rest can't be read.
func (d *directoryFile) head(row []string) bool {
	good := true
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(directoryColumns, name) {
			line, column := d.csv.FieldPos(i)
			d.wrong(line, column, fmt.Sprintf("there is no column %q; %s", name, suggest(name, directoryColumns)))
			good = false
		}
		d.columns = append(d.columns, name)
	}
	if good && !slices.Contains(d.columns, "number") && !slices.Contains(d.columns, "numbers") {
		d.wrong(1, 1, "has no column numbers")
		good = false
	}
	return good
}

// person reads one line.
func (d *directoryFile) person(row []string) {
	var p Person
	good := true
	for i, text := range row {
		line, column := d.csv.FieldPos(i)
		if i >= len(d.columns) {
			d.wrong(line, column, "has more fields than the first line has columns")
			return
		}
		text = strings.TrimSpace(text)
		switch d.columns[i] {
		case "name":
			p.Name = text
		case "email":
			p.Email = text
		case "tags":
			p.Tags = append(p.Tags, strings.FieldsFunc(text, separates)...)
		case "number":
			good = d.number(&p, text, line, column) && good
		case "numbers":
			for _, one := range strings.FieldsFunc(text, separates) {
				good = d.number(&p, one, line, column) && good
			}
		}
	}
	if good && len(p.Numbers) == 0 {
		line, column := d.csv.FieldPos(0)
		d.wrong(line, column, orElse(p.Name, "the line")+" has no number")
		return
	}
	d.b.cfg.Directory = append(d.b.cfg.Directory, p)
}

func separates(r rune) bool { return r == ' ' || r == ';' || r == ',' || r == '\n' }

func (d *directoryFile) number(p *Person, text string, line, column int) bool {
	if text == "" {
		return true
	}
	number, err := ReadNumber(text, d.b.cfg.Company.Country)
	if err != nil {
		d.wrong(line, column, text+" "+err.Error())
		return false
	}
	if !slices.Contains(p.Numbers, number) {
		p.Numbers = append(p.Numbers, number)
	}
	return true
}
