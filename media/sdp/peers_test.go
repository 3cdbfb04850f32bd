package sdp

import "strings"

// Descriptions as real peers write them, with other addresses.

func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n"))
}

const sippOffer = `
v=0
o=user1 53655765 2353687637 IN IP4 192.0.2.10
s=-
c=IN IP4 192.0.2.10
t=0 0
m=audio 6000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
`

const baresipOffer = `
v=0
o=- 1234567890 987654321 IN IP4 192.0.2.20
s=-
c=IN IP4 192.0.2.20
t=0 0
a=tool:baresip 1.0.0
m=audio 10000 RTP/AVP 96 0 8 97
b=AS:125
a=rtpmap:96 opus/48000/2
a=fmtp:96 stereo=1;sprop-stereo=1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:97 telephone-event/8000
a=fmtp:97 0-15
a=rtcp:10001
a=sendrecv
a=label:1
a=rtcp-rsize
a=ssrc:2837189832 cname:sip:alice@192.0.2.20
a=ptime:20
m=video 10002 RTP/AVP 99
a=rtpmap:99 H264/90000
a=sendrecv
a=label:2
`

const asteriskOffer = `
v=0
o=- 1532466098 1532466098 IN IP4 198.51.100.7
s=Asterisk
c=IN IP4 198.51.100.7
t=0 0
m=audio 15042 RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=maxptime:150
a=sendrecv
`

const t38Offer = `
v=0
o=- 1532466098 1532466099 IN IP4 198.51.100.7
s=Asterisk
c=IN IP4 198.51.100.7
t=0 0
m=image 4123 udptl t38
a=T38FaxVersion:0
a=T38MaxBitRate:14400
`

// Chromium 156, audio and a video that we refuse.
const chromiumOffer = `
v=0
o=- 5618976536425836107 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS b4293e34-9ae5-4f3e-95f5-de5fe79796d0
m=audio 59961 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1221744913 1 udp 2122194687 192.0.2.2 59961 typ host generation 0 network-id 3 network-cost 50
a=candidate:3061353861 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active generation 0 network-id 3 network-cost 50
a=ice-ufrag:Ak4O
a=ice-pwd:DZ+datho19ANuD/LP/lAOo9U
a=ice-options:trickle
a=fingerprint:sha-256 C9:DE:DC:00:0F:B5:56:DA:D5:D4:70:44:ED:12:9B:93:34:A6:8D:99:52:B6:D7:5B:AE:15:CD:46:C6:91:41:E1
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:b4293e34-9ae5-4f3e-95f5-de5fe79796d0 e3d6581e-af0a-4f23-8176-e7f4cc1a9dce
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:3567471393 cname:zHH9Txl+8Bx8uStl
a=ssrc:3567471393 msid:b4293e34-9ae5-4f3e-95f5-de5fe79796d0 e3d6581e-af0a-4f23-8176-e7f4cc1a9dce
m=video 55656 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:Ak4O
a=ice-pwd:DZ+datho19ANuD/LP/lAOo9U
a=fingerprint:sha-256 C9:DE:DC:00:0F:B5:56:DA:D5:D4:70:44:ED:12:9B:93:34:A6:8D:99:52:B6:D7:5B:AE:15:CD:46:C6:91:41:E1
a=setup:actpass
a=mid:1
a=sendrecv
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
`

// Firefox: credentials and fingerprint on the session level, c= 0.0.0.0 while it trickles.
const firefoxOffer = `
v=0
o=mozilla...THIS_IS_SDPARTA-99.0 5210396467412437741 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 6B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=sendrecv
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:ffb4b1a4e4d1b9b1b9e0e8d9b1b9e0e8
a=ice-ufrag:1f2e3d4c
a=mid:0
a=msid:{f2a8} {b1c9}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:1234567 cname:{abcd}
`
