// Package fake has what the contact centre needs of the outside, for tests: legs, a dialer, rooms, a recorder and a store. They work inside
// a synctest bubble: every delay is virtual, and nothing happens that the test hasn't asked for.
package fake
