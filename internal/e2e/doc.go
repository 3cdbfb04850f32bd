// Package e2e tests the built binary with real peers: sipp, headless Chromium with the real desk page, and mediasrv's own
// test caller. Everything here has the build tag e2e and runs by `make test`. As root each test is a process of its own in a network
// namespace of its own, several beside each other, since they mostly wait. Without root they run one after the other, and each server
// has a loopback address of its own.
package e2e
