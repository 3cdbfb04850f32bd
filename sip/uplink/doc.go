// Package uplink is a trunk's way out: which of its servers' addresses a call tries and in which order, whether they are well, and our registration with them.
package uplink
