// Package simulate lets the contact centre of a file live through a day in virtual time: the same scripts, floor, hours and callbacks as in the server, with
// callers, agents and phones that are played. A day takes seconds, and the same plan always comes to the same end.
package simulate
