// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// say is a write that notes.
func say(channel, payload string) func(context.Context, *db.Tx) error {
	return func(_ context.Context, tx *db.Tx) error {
		tx.Notify(channel, payload)
		return nil
	}
}

// listen returns what is heard on channel.
func listen(t *testing.T, ctx context.Context, d *db.DB, channel string) <-chan string {
	t.Helper()
	heard := make(chan string, 100)
	if err := d.Listen(ctx, channel, func(payload string) { heard <- payload }); err != nil {
		t.Fatal(err)
	}
	return heard
}

// until collects what is heard up to and with last.
func until(heard <-chan string, last string) []string {
	var list []string
	for s := range heard {
		if list = append(list, s); s == last {
			break
		}
	}
	return list
}

func write(t *testing.T, d *db.DB, fns ...func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), both(fns...)); err != nil {
		t.Fatal(err)
	}
}

func TestNotesAreHeardAfterTheCommitAndOnlyThen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		heard, other := listen(t, t.Context(), d, "ticket"), listen(t, t.Context(), d, "other")
		twice := listen(t, t.Context(), d, "ticket")
		write(t, d, say("ticket", "one"), put("a"))
		for _, err := range []error{
			d.Write(t.Context(), both(say("ticket", "of an error"), fail(errRefused))),
			d.Write(t.Context(), both(say("ticket", "of a panic"), func(context.Context, *db.Tx) error { panic("oh") })),
			d.Write(t.Context(), both(say("ticket", "of a failed statement"), quiet(put("a")))),
		} {
			if err == nil {
				t.Error("committed")
			}
		}
		db.SetFailpoints(d, func() error { return errRefused }, nil)
		if err := d.Write(t.Context(), say("ticket", "of a failed commit")); !errors.Is(err, errRefused) {
			t.Error(err)
		}
		db.SetFailpoints(d, nil, nil)
		write(t, d, say("ticket", "two"), say("ticket", "two"), say("other", "three\nlines\n"), say("ticket", "two"), say("ticket", "四"))
		write(t, d, say("ticket", "end"), say("other", "end"), say("nobody", "listens"))
		for _, heard := range []<-chan string{heard, twice} {
			if diff := cmp.Diff([]string{"one", "two", "四", "end"}, until(heard, "end")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		if diff := cmp.Diff([]string{"three\nlines\n", "end"}, until(other, "end")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// What a listener hears about is there to be read.
func TestNoteFollowsTheRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		type seen struct {
			n   int64
			err error
		}
		heard := make(chan seen, 1)
		err := d.Listen(t.Context(), "thing", func(string) {
			n, err := db.One(context.Background(), d, scanInt, `SELECT COUNT(*) FROM thing`)
			heard <- seen{n, err}
		})
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, say("thing", "a"), put("a"))
		if got := <-heard; got.n != 1 || got.err != nil {
			t.Errorf("saw %d rows, %v", got.n, got.err)
		}
	})
}

func TestListeningEndsWithItsContext(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		heard, other := listen(t, ctx, d, "x"), listen(t, t.Context(), d, "x")
		write(t, d, say("x", "one"))
		until(heard, "one")
		cancel()
		for db.Listeners(d, "x") != 1 { // a goroutine takes it out
			runtime.Gosched()
		}
		write(t, d, say("x", "two"))
		if diff := cmp.Diff([]string{"one", "two"}, until(other, "two")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		select {
		case s := <-heard:
			t.Errorf("heard %q after the end", s)
		default:
		}
	})
}

func TestNotesThatNobodyCouldSend(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for name, fn := range map[string]func(context.Context, *db.Tx) error{
			"no channel":       say("", "x"),
			"a line break":     say("a\nb", "x"),
			"too long":         say("a", strings.Repeat("x", 7900)),
			"not UTF-8":        say("a", "\xff"),
			"a NUL":            say("a", "\x00"),
			"too long in 汉字":   say("a", strings.Repeat("长", 2700)),
			"a row beside one": both(put("a"), say("", "x")),
		} {
			if err := d.Write(t.Context(), fn); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if err := d.Listen(t.Context(), "", func(string) {}); err == nil {
			t.Error("listening to no channel: no error")
		}
		heard := listen(t, t.Context(), d, "a")
		long := strings.Repeat("x", 7890)
		write(t, d, say("a", long))
		until(heard, long)
		want(t, d)
	})
}

// Two nodes hear each other, and a lost connection comes back with a word that
// something may have been missed.
func TestNotesBetweenNodes(t *testing.T) {
	t.Parallel()
	postgres(t, db.Limit, func(t *testing.T, d *db.DB, url string) {
		node := dbtest.Open(t, url)
		heard := listen(t, t.Context(), node, "x")
		write(t, d, say("x", "one"))
		until(heard, "one")
		other := beside(t, url)
		if _, err := other.Exec(t.Context(), `
			SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
			WHERE datname = current_database() AND query = 'LISTEN loopdesk'`); err != nil {
			t.Fatal(err)
		}
		if got := until(heard, ""); len(got) != 1 {
			t.Errorf("heard %q when the connection came back", got)
		}
		write(t, d, say("x", "two"))
		if diff := cmp.Diff([]string{"two"}, until(heard, "two")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
