// Package ears proves the mix matrix with sound: every party of a call speaks a tone of its own through the real media engine, into real recordings, while
// the verbs of routing move the call; at each ear and in each file exactly those are heard who may be. Everything happens in virtual time.
package ears
