// Package store keeps records in SQLite: the only SQL of the product. Writers append to a journal in memory and never wait; one goroutine commits
// it in groups. Times are stored as text, UTC, RFC 3339 with exactly three decimals, so they sort; a zero time is NULL.
package store
