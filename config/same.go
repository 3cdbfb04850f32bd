package config

import (
	"reflect"
	"time"
)

// Same says whether two values of a Config mean the same: where they stand in the file doesn't count.
func Same(a, b any) bool { return same(reflect.ValueOf(a), reflect.ValueOf(b)) }

func same(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() || !a.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case reflect.TypeFor[Position]():
		return true
	case reflect.TypeFor[*time.Location](): // a zone has caches inside
		return a.CanInterface() && b.CanInterface() && zoneName(a) == zoneName(b)
	}
	switch a.Kind() { //nolint:exhaustive // these contain others
	case reflect.Pointer, reflect.Interface:
		return a.IsNil() == b.IsNil() && (a.IsNil() || same(a.Elem(), b.Elem()))
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice, reflect.Array:
		return sameList(a, b)
	case reflect.Map:
		return sameMap(a, b)
	default:
		return a.Equal(b)
	}
}

func zoneName(v reflect.Value) string {
	if z, ok := v.Interface().(*time.Location); ok {
		return z.String()
	}
	return ""
}

func sameList(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func sameMap(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for _, key := range a.MapKeys() {
		if other := b.MapIndex(key); !other.IsValid() || !same(a.MapIndex(key), other) {
			return false
		}
	}
	return true
}
