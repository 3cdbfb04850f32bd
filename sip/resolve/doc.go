// Package resolve finds the servers of a SIP name (RFC 3263): NAPTR, then SRV, then addresses; and keeps what it found, so that no call waits for the DNS.
package resolve
