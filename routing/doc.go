// Package routing is the contact centre: entry points, the floor with queues and agents, and one script per call. It declares what it
// needs of the outside (Leg, Dialer, Room, Recorder, Store, Speaker); adapters implement it.
package routing
