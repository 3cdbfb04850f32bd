package main

import (
	"context"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// persons gives pages what is kept of customers, in the database and in the memory.
type persons struct {
	recordings
	centre *routing.Centre
}

// Person has what was written before it was called, unless the database is slow.
func (p persons) Person(ctx context.Context, number string) (fact.Person, error) {
	p.catchUp(ctx)
	return p.books.Person(ctx, number)
}

// PersonGoesOn counts a call that is over as long as it is wrapped up.
func (p persons) PersonGoesOn(ctx context.Context, number string) (callbacks, calls int, err error) {
	p.catchUp(ctx)
	callbacks, calls, err = p.books.PersonGoesOn(ctx, number)
	return callbacks, max(calls, p.centre.CallsOf(number)), err
}

// ErasePerson begins with the memory: what it writes from then on has nothing of the person.
func (p persons) ErasePerson(e fact.PersonErased) {
	p.centre.ForgetCustomer(e.Number)
	p.books.Append(e)
}
