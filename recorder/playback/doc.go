// Package playback reads finished recordings for those who listen: from any place on, as a picture of how loud they are, and several legs as one.
package playback
