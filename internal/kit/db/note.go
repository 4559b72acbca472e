// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// maxNote bounds channel and payload together; PostgreSQL takes 8000 bytes.
const maxNote = 7900

// note is a word to whoever listens, said when the transaction commits.
type note struct{ channel, payload string }

// Notify tells every listener of channel, on all nodes, once the transaction
// has committed. A note is fleeting: it is lost when nobody listens, when the
// connection to PostgreSQL is down or when the process ends. Equal notes of
// one transaction are one. Channel and payload are at most 7900 bytes together
// and the channel has no line break; anything else fails the transaction.
func (t *Tx) Notify(channel, payload string) {
	n := note{channel, payload}
	if err := n.check(); err != nil {
		_ = t.spoil(err)
		return
	}
	for _, other := range t.notes {
		if other == n {
			return
		}
	}
	t.notes = append(t.notes, n)
}

func (n note) check() error {
	switch {
	case n.channel == "" || strings.ContainsRune(n.channel, '\n'):
		return fmt.Errorf("db: %q is no name of a channel", n.channel)
	case len(n.channel)+len(n.payload) > maxNote:
		return errors.New("db: the note is too long")
	}
	return checkText(n.channel + n.payload)
}

// Listen calls fn with the payload of every note on channel until ctx ends or
// the database is closed. It returns as soon as it listens: what commits from
// then on is heard. On SQLite fn is called before the Write that said it
// returns; on PostgreSQL a moment later, and with an empty payload when the
// connection was lost and is back, since notes may have been missed.
//
// fn is called from several goroutines, must be quick and must not call Write.
func (d *DB) Listen(ctx context.Context, channel string, fn func(payload string)) error {
	if err := (note{channel: channel}).check(); err != nil {
		return err
	}
	forget := d.ears.add(channel, fn)
	if err := d.back.listen(ctx); err != nil {
		forget()
		return err
	}
	context.AfterFunc(ctx, forget)
	return nil
}

// ears are the listeners in this process.
type ears struct {
	mu   sync.RWMutex
	last int
	on   map[string]map[int]func(string)
}

func (e *ears) add(channel string, fn func(string)) (forget func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	key := e.last
	if e.on == nil {
		e.on = map[string]map[int]func(string){}
	}
	if e.on[channel] == nil {
		e.on[channel] = map[int]func(string){}
	}
	e.on[channel][key] = fn
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.on[channel], key)
		if len(e.on[channel]) == 0 {
			delete(e.on, channel)
		}
	}
}

// of returns the listeners of channel, or all of them for an empty channel. They
// are called outside the lock, so that one of them may listen or stop listening.
func (e *ears) of(channel string) []func(string) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var list []func(string)
	for name, fns := range e.on {
		if channel == "" || channel == name {
			for _, fn := range fns {
				list = append(list, fn)
			}
		}
	}
	return list
}

func (e *ears) tell(notes []note) {
	for _, n := range notes {
		for _, fn := range e.of(n.channel) {
			fn(n.payload)
		}
	}
}

// missed tells everyone that notes may have been lost.
func (e *ears) missed() {
	for _, fn := range e.of("") {
		fn("")
	}
}
