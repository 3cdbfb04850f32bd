// Package ban knows which addresses have failed to log in too often. It is pure: the caller says what time it is.
package ban
