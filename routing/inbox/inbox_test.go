package inbox

import (
	"testing"
	"testing/synctest"
)

func TestOrderAndClose(t *testing.T) {
	b := New[int]()
	for i := range 3 {
		if !b.Put(i) {
			t.Fatal("an open box refused an item")
		}
	}
	if v, ok := b.Take(); !ok || v != 0 {
		t.Errorf("Take: got %d, %v; want the oldest", v, ok)
	}
	if left := b.Close(); len(left) != 2 || left[0] != 1 || left[1] != 2 {
		t.Errorf("Close returned %v, want what nobody took", left)
	}
	if b.Put(4) {
		t.Error("a closed box took an item")
	}
	if v, ok := b.Take(); ok {
		t.Errorf("a closed box gave %d", v)
	}
}

func TestNoSignalIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New[int]()
		sum := make(chan int)
		go func() {
			total := 0
			for n := 0; n < 1000; {
				if v, ok := b.Take(); ok {
					total, n = total+v, n+1
					continue
				}
				<-b.Signal()
			}
			sum <- total
		}()
		for range 10 {
			go func() {
				for range 100 {
					b.Put(1)
				}
			}()
		}
		if got := <-sum; got != 1000 {
			t.Errorf("got %d items, want 1000", got)
		}
	})
}
