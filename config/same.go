package config

import (
	"reflect"
	"time"
)

// Same says whether two values of a Config mean the same: where they stand in the file doesn't count.
func Same(a, b any) bool { return same(reflect.ValueOf(a), reflect.ValueOf(b)) }

func same(a, b reflect.Value) bool {
	switch {
	case !a.IsValid() || !b.IsValid():
		return a.IsValid() == b.IsValid()
	case a.Type() != b.Type():
		return false
	case a.Type() == reflect.TypeFor[Position]():
		return true
	case a.Type() == reflect.TypeFor[*time.Location](): // a zone has caches inside
		return zoneName(a) == zoneName(b)
	}
	return sameKind(a, b)
}

// sameKind compares two values of the same type by what they are made of.
func sameKind(a, b reflect.Value) bool {
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
	if !v.CanInterface() {
		return ""
	}
	z, _ := reflect.TypeAssert[*time.Location](v)
	return z.String()
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
