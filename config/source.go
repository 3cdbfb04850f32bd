package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What is beyond these is no file that an operator wrote; the parser would take seconds or all memory for it.
const (
	maxSize   = 512 << 10
	maxTokens = 50_000
	maxDepth  = 32
)

// readFile reads the bytes of a file, at most one more than it may have. The error says what is wrong, for a person.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(path, err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("is a folder: expected a file such as %s", filepath.Join(path, "mediasrv.yml"))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, reason(path, err)
	}
	return text, nil
}

// parse reads YAML into a node; what it can't read is a mistake. It never panics, whatever the bytes.
func parse(file string, text []byte) (root *node, mistakes Mistakes) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) // the parser miscounts lines that end in CRLF
	if m := unreadable(file, text); len(m) > 0 {
		return nil, m
	}
	start := Position{File: file, Line: 1, Column: 1}
	defer func() {
		if recover() != nil { // the YAML library's, which was written by others
			root, mistakes = nil, Mistakes{{At: start, Text: "is no YAML that can be read"}}
		}
	}()
	tokens := lexer.Tokenize(string(text))
	if at, text := tooMuch(tokens); text != "" {
		at.File = file
		return nil, Mistakes{{At: at, Text: text}}
	}
	tree, err := parser.Parse(joinFlow(tokens), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Mistakes{syntax(start, err)}
	}
	bodies := make([]ast.Node, 0, 1)
	for _, doc := range tree.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.DirectiveType {
			bodies = append(bodies, doc.Body)
		}
	}
	r := &reader{file: file}
	switch len(bodies) {
	case 0:
		return nil, Mistakes{{At: start, Text: emptyFile}}
	case 1:
		return r.node(bodies[0]), r.mistakes
	default:
		return nil, Mistakes{{At: r.node(bodies[1]).at, Text: "a second document (after ---) begins here: expected one"}}
	}
}

// unreadable finds what isn't text that YAML allows.
func unreadable(file string, text []byte) Mistakes {
	at := Position{File: file, Line: 1, Column: 1}
	if len(text) > maxSize {
		return Mistakes{{At: at, Text: fmt.Sprintf("is larger than %d KB: expected the operator's file", maxSize>>10)}}
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return Mistakes{{At: at, Text: "is UTF-16: save it as UTF-8"}}
	}
	var m Mistakes
	const most = 20
	for line := range bytes.Lines(text) {
		if i := badByte(line); i >= 0 {
			at.Column = 1 + utf8.RuneCount(line[:i])
			return append(m, Mistake{At: at, Text: fmt.Sprintf("byte 0x%02x is not text: save the file as UTF-8", line[i])})
		}
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if i := bytes.IndexByte(indent, '\t'); i >= 0 && len(bytes.TrimSpace(line)) > 0 && len(m) < most {
			at.Column = i + 1
			m = append(m, Mistake{At: at, Text: "a tab indents this line: use spaces"})
		}
		at.Line++
	}
	return m
}

// badByte is the index of the first byte that is no UTF-8 or a control character; -1: none.
func badByte(line []byte) int {
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		if (r == utf8.RuneError && size == 1) || (r < ' ' && r != '\t' && r != '\n') || r == 0x7f {
			return i
		}
		i += size
	}
	return -1
}

// tooMuch finds nesting and lengths that the parser, which is recursive and quadratic, should not see; empty: none.
func tooMuch(tokens token.Tokens) (Position, string) {
	flow, inLine, line := 0, 0, 0
	for i, tk := range tokens {
		if tk.Position == nil {
			continue
		}
		if tk.Position.Line != line {
			line, inLine = tk.Position.Line, 0
		}
		switch tk.Type { //nolint:exhaustive // only these nest
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(0, flow-1)
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			inLine++
		}
		at := Position{Line: max(1, line), Column: max(1, tk.Position.Column)}
		if flow > maxDepth || inLine > maxDepth {
			return at, "lists and maps are nested too deeply: expected a file like examples/full.yml"
		}
		if i > maxTokens {
			return at, fmt.Sprintf("the file is too long: expected at most %d words and signs", maxTokens)
		}
	}
	return Position{}, ""
}

func isQuote(t token.Type) bool {
	return t == token.SingleQuoteType || t == token.DoubleQuoteType
}

// syntax words an error of the parser.
func syntax(at Position, err error) Mistake {
	var e yaml.Error
	if !errors.As(err, &e) {
		return Mistake{At: at, Text: "is no YAML that can be read"}
	}
	if tk := e.GetToken(); tk != nil && tk.Position != nil {
		at.Line, at.Column = max(1, tk.Position.Line), max(1, tk.Position.Column)
	}
	text := "this is not YAML: " + e.GetMessage()
	if strings.Contains(text, "mapping value is not allowed") {
		text += "; is a line indented wrongly, or a text with a colon not quoted?"
	}
	return Mistake{At: at, Text: text}
}
