package config

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/goccy/go-yaml"
)

// Schema is the file's JSON schema (draft 2020-12), for editors. It knows the keys of this version; what they may refer to only Load knows.
func Schema() ([]byte, error) {
	root := schemaOf(file())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "mediasrv"
	root["required"] = []string{"numbers", "queues", "users"}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("config: schema: %w", err)
	}
	return append(text, '\n'), nil
}

func schemaOf(s *shape) map[string]any {
	switch {
	case s.fields != nil:
		keys := map[string]any{}
		for _, f := range s.fields {
			if !f.later {
				keys[f.key] = schemaOfField(f)
			}
		}
		m := map[string]any{"type": []string{"object", "null"}, "properties": keys, "additionalProperties": false}
		switch {
		case s.schema != nil:
			return map[string]any{"anyOf": []any{m, s.schema}}
		case s.scalar != nil:
			return map[string]any{"anyOf": []any{m, map[string]any{"const": "off"}}}
		}
		return m
	case s.names != nil:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": schemaOf(s.names.each)}
	case s.items != nil:
		return map[string]any{"type": "array", "items": schemaOf(s.items)}
	}
	m := map[string]any{"type": "string", "description": "Expected: " + s.expects}
	if s.schema["type"] == nil && s.schema["enum"] == nil {
		m["type"] = []string{"string", "integer", "number"} // what YAML reads without quotes
		if s.schema["pattern"] != nil {
			m["type"] = "string"
		}
	}
	maps.Copy(m, s.schema)
	return m
}

func schemaOfField(f field) map[string]any {
	m := schemaOf(f.what)
	m["description"] = f.about + " Expected: " + f.what.expects + "."
	if f.std != "" {
		var std any
		if err := yaml.Unmarshal([]byte(f.std), &std); err == nil {
			m["default"] = std
		}
	}
	return m
}
