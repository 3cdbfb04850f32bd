// Package stats makes figures of events: how often callers waited and agents rang in a call, and how that counts. docs/statistics.md has the
// definitions. Everything is pure: the store feeds it what it has kept, the contact centre what happens.
package stats
