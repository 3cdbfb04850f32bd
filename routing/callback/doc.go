// Package callback keeps the promises to call customers: who is to be called, when, by whom, how often. One goroutine, the Keeper's, owns them all;
// the floor decides which agent is free for one, and a call's script makes the call.
//
// What a crash leaves: a callback is written as active before the customer's phone can ring, and waits for the disk there. One that is found active at a
// start goes back to the queue after its delay, its attempt counts, but never as the last one: the customer may have heard nothing.
package callback
