// Package interop knows which test shows which demand of carriers and browsers; its test writes docs/interop.md.
package interop
