package main

import (
	"reflect"
	"strings"
	"testing"
)

// Only what is mapped of the program itself, for reading, and is as in the file, may be forgotten: everything else would be lost.
func TestOnlyWhatIsInTheFileIsForgotten(t *testing.T) {
	smaps := strings.Join([]string{
		"00400000-00d78000 r-xp 00003000 fe:00 131 /opt/media srv", "Size: 9684 kB", "Rss: 9684 kB", "Anonymous:             0 kB", "VmFlags: rd ex",
		"00d78000-01913000 r--p 00977000 fe:00 131 /opt/media srv", "Anonymous:             0 kB",
		"01913000-01916000 r--p 01511000 fe:00 131 /opt/media srv", "Anonymous:            12 kB",
		"01916000-01a2a000 rw-p 01514000 fe:00 131 /opt/media srv", "Anonymous:             0 kB",
		"7f0000000000-7f0000001000 r-xp 00000000 fe:00 77 /lib/libc.so", "Anonymous:             0 kB",
		"7f0000002000-7f0000003000 r--p 00000000 00:00 0", "Anonymous:             0 kB",
	}, "\n")
	got, err := untouched(strings.NewReader(smaps), "/opt/media srv")
	want := []span{{0x400000, 0xd78000}, {0xd78000, 0x1913000}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %x, %v; want %x", got, err, want)
	}
}

// The program goes on after that.
func TestProgramIsForgottenWhileItRuns(t *testing.T) {
	if err := forgetProgram(); err != nil {
		t.Error(err)
	}
}
