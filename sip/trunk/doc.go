// Package trunk finds out which trunk an INVITE is from, and counts its calls.
package trunk
