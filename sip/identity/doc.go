// Package identity decides whom a trunk is shown as the caller, and whom it is believed to name: From, P-Asserted-Identity and
// P-Preferred-Identity (RFC 3325), Privacy (RFC 3323), Diversion (RFC 5806), History-Info (RFC 7044), tel: URIs (RFC 3966) and the
// spelling of numbers. It is pure: no state, no sockets.
package identity
