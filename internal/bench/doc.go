// Package bench measures what takes more than one room of the house.
package bench
