// Package secure is TLS of the SIP side (RFC 3261, 26; RFC 5922): the server's certificate, what each trunk must prove and what it is shown. Files
// that change are read again while connections go on.
package secure
