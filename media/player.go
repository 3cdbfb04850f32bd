package media

import "mediasrv/media/codec"

// player is one play of an endpoint, on the worker.
type player struct {
	play  Play
	frame int
	ended bool
}

// follow takes over what a plan says; the same Token goes on where it is.
func (p *player) follow(next Play) {
	if next.Token == p.play.Token && next.Token != 0 {
		p.play.Loop, p.play.InStep = next.Loop, next.InStep
		return
	}
	*p = player{play: next}
}

func (p *player) active() bool { return p.play.Token != 0 && !p.ended }

func (p *player) token() uint32 {
	if p == nil {
		return 0
	}
	return p.play.Token
}

// frames is how many pieces of 20 ms there are.
func (p *player) frames() int {
	if p.play.Audio == nil {
		return 0
	}
	return len(p.play.Audio.PCM()) / codec.Frame
}

// play is what plays in tick number, and which frame of it; nil if nothing does. A Prompt is in front of the Music, which stays where it is meanwhile.
func (o *outbound) play(number int64) (*player, int) {
	for _, p := range [...]*player{&o.prompt, &o.music} {
		if p.active() && (p.frames() > 0 || !p.play.Loop) {
			if p.play.InStep && p.play.Loop {
				p.frame = int(number % int64(p.frames()))
			}
			return p, p.frame
		}
	}
	return nil, 0
}

// turn moves what played on by a frame, whether or not it was sent: a peer on hold doesn't stop the clock. It reports the end.
func (o *outbound) turn(e *Endpoint, p *player, now int64) {
	if p == nil {
		return
	}
	if p.frame++; p.frame < p.frames() {
		return
	}
	p.frame = 0
	if !p.play.Loop {
		p.ended = true
		e.report(Event{Kind: PlayDone, Token: p.play.Token}, now)
	}
}
