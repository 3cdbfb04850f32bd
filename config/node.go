package config

import "github.com/goccy/go-yaml/ast"

// nodeKind says what stands at a place of the file.
type nodeKind uint8

const (
	nothing nodeKind = iota // a key without a value, or null
	scalar
	mapping
	list
	refused // a mistake says why
)

func (k nodeKind) String() string {
	return [...]string{"nothing", "a value", "a map", "a list", "something else"}[k]
}

// node is one place of the file: the YAML reduced to what this file may contain.
type node struct {
	kind    nodeKind
	at      Position
	path    string // of keys, set by the checker
	text    string // scalar: as it stands there
	quoted  bool   // scalar
	boolean bool   // scalar: true or false, not quoted
	entries []entry
	items   []*node
	value   any // scalar: what its shape made of it; nil: unusable, and a mistake says why
}

// entry is a key and its value.
type entry struct{ key, value *node }

// get follows keys into maps; nil if one isn't there.
func (n *node) get(keys ...string) *node {
	for _, key := range keys {
		if n = n.child(key); n == nil {
			return nil
		}
	}
	return n
}

func (n *node) child(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key.text == key {
			return e.value
		}
	}
	return nil
}

// isMap is true for a map, and for a key without a value, which is an empty one.
func (n *node) isMap() bool { return n.kind == mapping || n.kind == nothing }

// holds is true for a list or map with something in it.
func (n *node) holds() bool { return n != nil && len(n.items)+len(n.entries) > 0 }

// val is the value of a scalar, or a default when there is none or a mistake was reported.
func val[T any](n *node, standard T) T {
	if n == nil {
		return standard
	}
	if v, ok := n.value.(T); ok {
		return v
	}
	return standard
}

// vals are the values of a list, without those that were mistakes.
func vals[T any](n *node) []T {
	if n == nil {
		return nil
	}
	var all []T
	for _, item := range n.items {
		if v, ok := item.value.(T); ok {
			all = append(all, v)
		}
	}
	return all
}

// reader turns the parser's tree into nodes.
type reader struct {
	file     string
	mistakes Mistakes
}

func (r *reader) position(n ast.Node) Position {
	at := Position{File: r.file, Line: 1, Column: 1}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		at.Line, at.Column = max(1, tk.Position.Line), max(1, tk.Position.Column)
	}
	return at
}

func (r *reader) refuse(n ast.Node, text string) *node {
	r.mistakes = append(r.mistakes, Mistake{At: r.position(n), Text: text})
	return &node{kind: refused, at: r.position(n)}
}

// node reads a value. Anchors, aliases, tags and merge keys are refused: a file that is read by people at night says each thing where it holds.
func (r *reader) node(n ast.Node) *node {
	switch v := n.(type) {
	case *ast.MappingNode:
		return r.mapping(v.Values, r.position(v))
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{v}, r.position(v))
	case *ast.SequenceNode:
		at := &node{kind: list, at: r.position(v)}
		for _, item := range v.Values {
			at.items = append(at.items, r.node(item))
		}
		return at
	case *ast.NullNode:
		return &node{kind: nothing, at: r.position(v)}
	case *ast.AnchorNode, *ast.AliasNode:
		return r.refuse(n, "anchors (&) and aliases (*) are not read in this file: write the value out")
	case *ast.TagNode:
		return r.refuse(n, "tags (!) are not read in this file: write the value without it")
	default:
		return r.scalar(n)
	}
}

func (r *reader) scalar(n ast.Node) *node {
	at := &node{kind: scalar, at: r.position(n)}
	switch v := n.(type) {
	case *ast.StringNode:
		at.text = v.Value
		at.quoted = v.GetToken() != nil && isQuote(v.GetToken().Type)
	case *ast.LiteralNode:
		at.quoted = true
		if v.Value != nil {
			at.text = v.Value.Value
		}
	case *ast.BoolNode:
		at.boolean, at.text = true, v.GetToken().Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		at.text = n.GetToken().Value
	default:
		return r.refuse(n, "this kind of YAML is not read in this file: expected a text, a list or a map of keys")
	}
	return at
}

func (r *reader) mapping(values []*ast.MappingValueNode, at Position) *node {
	m := &node{kind: mapping, at: at}
	for i, v := range values {
		key := r.key(v.Key)
		if i == 0 && key != nil && m.at.Line == key.at.Line && m.at.Column > key.at.Column {
			m.at = key.at // a block map begins at its first key, not at the colon
		}
		if key == nil {
			continue
		}
		value := r.node(v.Value)
		if value.kind == nothing {
			value.at = key.at
		}
		m.entries = append(m.entries, entry{key: key, value: value})
	}
	return m
}

func (r *reader) key(k ast.MapKeyNode) *node {
	n, ok := k.(ast.Node)
	if !ok {
		return nil
	}
	switch v := n.(type) {
	case *ast.MergeKeyNode:
		r.refuse(n, "merge keys (<<) are not read in this file: write the keys out")
		return nil
	case *ast.NullNode:
		return &node{kind: scalar, at: r.position(n), text: v.GetToken().Value}
	case *ast.MappingKeyNode, *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MappingNode, *ast.SequenceNode:
		r.refuse(n, "this kind of key is not read in this file: expected a plain name before the colon")
		return nil
	}
	return r.scalar(n)
}
