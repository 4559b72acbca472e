// SPDX-License-Identifier: Apache-2.0

package event

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Within lets fn take part in the commit of every F. Its error refuses the whole commit.
func Within[F Fact](b *Bus, fn func(ctx context.Context, tx *db.Tx, r Record, f F) error) {
	b.listen(nameOf[F](), func(ctx context.Context, tx *db.Tx, r Record, f Fact) error {
		mine, ok := f.(F)
		if !ok {
			return fmt.Errorf("listen to %s: %w", r.Name, errForeign)
		}
		return fn(ctx, tx, r, mine)
	})
}

// WithinAny is Within for every fact.
func WithinAny(b *Bus, fn func(ctx context.Context, tx *db.Tx, r Record) error) {
	b.listen("", func(ctx context.Context, tx *db.Tx, r Record, _ Fact) error { return fn(ctx, tx, r) })
}

func (b *Bus) listen(fact string, do func(context.Context, *db.Tx, Record, Fact) error) {
	b.mustBeOpen("within " + fact)
	b.inner = append(b.inner, inner{fact, do})
}

// After lets fn hear of every F, after its commit and at least once. The name stays the same
// over releases, since queued jobs carry it: "room:what_it_does". The options are those of
// the job.
func After[F Fact](b *Bus, name string, fn func(ctx context.Context, r Record, f F) error, opts ...job.Option) {
	b.after(name, nameOf[F](), func(ctx context.Context, r Record) error {
		var f F
		if err := json.Unmarshal(r.Data, &f); err != nil {
			return job.Permanent(fmt.Errorf("read fact %d %s: %w", r.ID, r.Name, err))
		}
		return fn(ctx, r, f)
	}, opts)
}

// AfterAny is After for every fact.
func AfterAny(b *Bus, name string, fn func(ctx context.Context, r Record) error, opts ...job.Option) {
	b.after(name, "", fn, opts)
}

func (b *Bus) after(name, fact string, fn func(context.Context, Record) error, opts []job.Option) {
	b.mustBeOpen("after " + name)
	if name == "" || b.names[name] {
		panic("event: a listener needs a name of its own: " + name)
	}
	b.names[name] = true
	kind := "after:" + name
	b.outer = append(b.outer, outer{fact, kind})
	b.jobs.Handle(kind, func(ctx context.Context, j job.Job) error {
		var n notice
		if err := json.Unmarshal([]byte(j.Payload), &n); err != nil {
			return job.Permanent(fmt.Errorf("read job %d: %w", j.ID, err))
		}
		r, err := b.ReadOne(ctx, b.jobs.DB(), n.Event)
		if errs.KindOf(err) == errs.NotFound {
			return job.Permanent(err)
		}
		if err != nil {
			return err
		}
		return fn(context.WithValue(ctx, depthKey{}, n.Depth), r)
	}, opts...)
}

func (b *Bus) mustBeOpen(what string) {
	if b.opened.Load() {
		panic("event: a listener after the first fact: " + what)
	}
}

// nameOf returns the name of the facts of a type. Names do not depend on values.
func nameOf[F Fact]() string {
	var f F
	return f.EventName()
}
