package sdp

import (
	"strings"
	"testing"

	"mediasrv/media/codec"
)

const peerOffer = "v=0\no=p 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\nm=audio 6000 RTP/AVP 8 0\n"

// What is in force is offered again in the same words, as caller and as callee; a refused offer in between costs a version, and nothing else.
func TestAgain(t *testing.T) {
	t.Run("answered by us", func(t *testing.T) {
		s := NewSession(trunk(codec.PCMU, codec.PCMA))
		answer, _, err := s.Answer([]byte(peerOffer), SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		if again := s.Again(SendRecv); string(again) != string(answer) {
			t.Errorf("%s\nis not\n%s", again, answer)
		}
		if _, err := s.Accept([]byte(strings.Replace(peerOffer, "8 0", "0", 1))); err != nil {
			t.Error(err)
		}
	})
	t.Run("offered by us", func(t *testing.T) {
		s := NewSession(trunk(codec.PCMU, codec.PCMA))
		offer := string(s.Offer(SendRecv))
		if _, err := s.Accept([]byte(peerOffer)); err != nil {
			t.Fatal(err)
		}
		if again := string(s.Again(SendRecv)); again != offer {
			t.Errorf("%s\nis not\n%s", again, offer)
		}
		s.Offer(SendOnly) // refused
		again := string(s.Again(SendRecv))
		if _, tail, _ := strings.Cut(again, " IN IP4"); !strings.HasSuffix(offer, tail) || again == offer {
			t.Errorf("after a refused offer:\n%s\nbefore:\n%s", again, offer)
		}
	})
}

// A clone goes its own way.
func TestClone(t *testing.T) {
	s := NewSession(trunk(codec.PCMU, codec.PCMA))
	s.Offer(SendRecv)
	before := s.Clone()
	for _, answer := range []string{peerOffer, strings.Replace(peerOffer, "8 0", "0", 1)} {
		c := before.Clone()
		if _, err := c.Accept([]byte(answer)); err != nil {
			t.Error(err)
		}
		if _, _, err := c.Answer([]byte(strings.Replace(peerOffer, "1 1", "1 2", 1)), SendRecv); err != nil {
			t.Error(err)
		}
		if _, err := c.Accept([]byte(answer)); err == nil {
			t.Error("there is no offer any more")
		}
	}
	if _, err := s.Accept([]byte(peerOffer)); err != nil {
		t.Error(err)
	}
}
