// Package recorder keeps what taps hear: it lays each leg's frames on a time line by their RTP time, writes WAV files with metadata
// beside them, and finds and repairs after a crash what was being written. Disks may be slow or full: that costs audio, which is counted
// and marked, and never disturbs a call.
package recorder
