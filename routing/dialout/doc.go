// Package dialout decides what may be dialled, by whom: countries, beginnings of numbers, calls at once. It keeps a contact centre from being
// used to call numbers at its cost (toll fraud). Emergency numbers are always let through.
package dialout
