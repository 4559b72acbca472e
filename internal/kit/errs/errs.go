// SPDX-License-Identifier: Apache-2.0

// Package errs is the one shape of a failure that a person or a program may see.
//
// A failure has a kind, which a door turns into a status, and a key, which the
// door turns into a sentence in the reader's language. Whatever is not an
// *Error is Internal: its text goes to the log and never to a page.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure it is. The doors own the mapping to statuses.
type Kind int

// The kinds of failure. Internal is the zero value, so that a forgotten kind
// never shows more than "something went wrong on our side".
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Denied
	NotFound
	Conflict
	Stale
	Missing
	TooLarge
	Limited
	Unavailable
)

// String returns the kind as one lower-case word, as it stands in logs and API problems.
func (k Kind) String() string {
	names := [...]string{
		"internal", "invalid", "unauthenticated", "denied", "not_found", "conflict",
		"stale", "missing", "too_large", "limited", "unavailable",
	}
	if k < 0 || int(k) >= len(names) {
		return "internal"
	}
	return names[k]
}

// FieldError points at one field of a form or a body.
type FieldError struct {
	Name string // the name of the field as the caller sent it
	Key  string // message key of the sentence that says what to do
	Args []any  // pairs of name and value for the sentence
}

// Gap is one thing that a gate found missing. Gates live in the trade; the
// shape lives here so that every door can show it without knowing the gate.
type Gap struct {
	Clause   string // the clause of the standard, "N32"
	Key      string // message key, "gap.solution"; also the name of a deviation for it
	Form     string // the form that fills it, "solution"
	Deviable bool   // a recorded deviation with a reason may stand in for it

	// What exactly is missing, where one gap stands for several things that an administrator named.
	Names, NamesEN string
}

// Which names what exactly is missing, in a language; "" where the key says it all.
func (g Gap) Which(lang string) string {
	if lang == "en" {
		return g.NamesEN
	}
	return g.Names
}

// Error is a failure that its reader can mend or at least understand.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []FieldError
	Gaps   []Gap
	Now    int64 // of a Stale one: the version that stands, where the room knows it
	Cause  error // for the log only
}

// New makes an error of a kind with the message key and pairs of name and value for its sentence.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Overtaken makes the Stale error of a record that somebody else saved meanwhile; now is the version
// that stands. Whoever is told so and has looked may save over that one.
func Overtaken(now int64) *Error { return &Error{Kind: Stale, Key: "errs.stale", Now: now} }

// Field makes an Invalid error that points at one field.
func Field(name, key string, args ...any) *Error {
	return &Error{Kind: Invalid, Key: key, Args: args, Fields: []FieldError{{Name: name, Key: key, Args: args}}}
}

// Invalidf collects several field errors into one; it returns nil when there is none.
func Invalidf(fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "errs.fields", Fields: fields}
}

// Marked is Invalidf in which a single field error stands for itself, as Field makes it.
func Marked(fields ...FieldError) error {
	if len(fields) == 1 {
		return Field(fields[0].Name, fields[0].Key, fields[0].Args...)
	}
	return Invalidf(fields...)
}

// Wrap gives a cause to a new error; the cause is for the log.
func Wrap(cause error, kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args, Cause: cause}
}

// Error is the text for the log; people see Key in their language.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String() + ": " + e.Key)
	for _, g := range e.Gaps {
		b.WriteString(" [" + g.Clause + " " + g.Key + "]")
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, errs.New(kind, key)) compare kind and key.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Key == e.Key
}

// As returns the *Error inside err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf returns the kind of err; anything that is not an *Error is Internal.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}
