package sip

import (
	"errors"
	"net/netip"

	"mediasrv/media"
	"mediasrv/media/rtp"
	"mediasrv/routing"
)

// endpoint is the part of media.Endpoint that a leg uses.
type endpoint interface {
	ID() media.EndpointID
	Local() media.Local
	RestartICE() media.Local
	Negotiate(n media.Negotiated)
	Answered()
	Course() rtp.Course
	SendDigits(digits string) error // telephone-events
	PlayDigits(digits string) error // tones
	Close()
}

// mediaRoom is what a room of ours can do beside what scripts use.
type mediaRoom interface {
	AddRTP(peer netip.Addr) (*media.Endpoint, error)
	AddWebRTC() (*media.Endpoint, error)
}

// endpointRoom is mediaRoom for rooms with endpoints of another kind.
type endpointRoom interface {
	endpoint(webrtc bool, peer netip.Addr) (endpoint, error)
}

// closed takes the place of an endpoint that is closed: a dialog may live on for half a minute and must not keep its buffers.
type closed struct{ id media.EndpointID }

func (c closed) ID() media.EndpointID       { return c.id }
func (closed) Local() media.Local           { return media.Local{} }
func (closed) RestartICE() media.Local      { return media.Local{} }
func (closed) Negotiate(_ media.Negotiated) {}
func (closed) Answered()                    {}
func (closed) Course() rtp.Course           { return rtp.Course{} }
func (closed) SendDigits(string) error      { return media.ErrClosed }
func (closed) PlayDigits(string) error      { return media.ErrClosed }
func (closed) Close()                       {}

var errRoom = errors.New("sip: the room can't have endpoints")

// newEndpoint makes a leg's endpoint in a room.
func newEndpoint(in routing.Room, webrtc bool, peer netip.Addr) (endpoint, error) {
	switch r := in.(type) {
	case mediaRoom:
		if webrtc {
			return r.AddWebRTC()
		}
		return r.AddRTP(peer)
	case endpointRoom:
		return r.endpoint(webrtc, peer)
	}
	return nil, errRoom
}
