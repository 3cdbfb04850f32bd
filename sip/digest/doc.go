// Package digest is SIP's login (RFC 3261, 22; RFC 7616; RFC 8760): MD5 and SHA-256, qop=auth, both sides.
package digest
