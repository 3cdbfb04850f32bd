// Package e2e tests the built binary with real peers: sipp, headless Chromium with the real desk page, and mediasrv's own
// test caller. Everything here has the build tag e2e and runs by `make test`. Each server gets a loopback address of its own, so
// that tests need no free port by luck.
package e2e
