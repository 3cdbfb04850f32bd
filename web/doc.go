// Package web is the port that browsers use: login, the desk's HTTP API and event stream, the pages themselves, SIP over WebSocket
// (mounted, not implemented here), health and metrics. It declares what it needs of the contact centre, the phones and the store.
package web
