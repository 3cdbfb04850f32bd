// Package registrar keeps where users' phones are (RFC 3261, 10): desk phones over UDP and TCP, browsers over WebSocket. A binding is a flow and
// a contact; when the flow is gone, so is the binding.
package registrar
