// Package trunk finds out which trunk an INVITE is from, counts its calls, and reads its numbers.
package trunk
