// SPDX-License-Identifier: Apache-2.0

package pubsub_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/pubsub"
)

var errRefuse = errors.New("not like this")

// publish sends hints in one commit that ends as told.
func publish(t *testing.T, d *db.DB, h *pubsub.Hub, end error, topics ...string) {
	t.Helper()
	err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
		for _, topic := range topics {
			h.Publish(tx, topic)
		}
		return end
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
}

// waiting takes what is there without waiting.
func waiting(c <-chan string) (list []string) {
	for {
		select {
		case topic, open := <-c:
			if !open {
				return append(list, "closed")
			}
			list = append(list, topic)
		default:
			return list
		}
	}
}

func TestP4_HintsComeAfterTheCommitAndNeverWithoutIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := pubsub.New(d)
		one, stop := h.Subscribe("ticket:1", "queue")
		defer stop()
		two, stop := h.Subscribe("ticket:2")
		defer stop()
		err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
			h.Publish(tx, "ticket:1")
			if early := waiting(one); early != nil {
				t.Errorf("a hint before the commit: %q", early)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		publish(t, d, h, errRefuse, "ticket:1", "ticket:2", "queue")
		publish(t, d, h, nil, "queue", "nobody")
		if diff := cmp.Diff([]string{"ticket:1", "queue"}, waiting(one)); diff != "" {
			t.Error(diff)
		}
		if got := waiting(two); got != nil {
			t.Errorf("%q", got)
		}
	})
}

func TestHintsReachOtherNodesOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		here, there := pubsub.New(d), pubsub.New(d)
		for _, h := range []*pubsub.Hub{here, there} {
			if err := h.Listen(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		near, stop := here.Subscribe("ticket:1", "end")
		defer stop()
		far, stop := there.Subscribe("ticket:1")
		defer stop()
		publish(t, d, here, nil, "ticket:1")
		if got := <-far; got != "ticket:1" {
			t.Errorf("there came %q", got)
		}
		// The end takes the same wire as our own hint, behind it: did that come back, it would stand between.
		publish(t, d, there, nil, "end")
		if diff := cmp.Diff([]string{"ticket:1", "end"}, []string{<-near, <-near}); diff != "" {
			t.Error(diff)
		}
		if got := waiting(far); got != nil {
			t.Errorf("there came %q too", got)
		}
	})
}

func TestWhoDoesNotKeepUpIsToldToLookAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := pubsub.New(d)
		slow, stop := h.Subscribe("queue")
		defer stop()
		full := make([]string, pubsub.Room)
		for i := range full {
			full[i] = "queue"
		}
		for range full {
			publish(t, d, h, nil, "queue")
		}
		if diff := cmp.Diff(full, waiting(slow)); diff != "" {
			t.Error(diff)
		}
		for range pubsub.Room + 3 {
			publish(t, d, h, nil, "queue")
		}
		if diff := cmp.Diff([]string{pubsub.Resync, "queue", "queue"}, waiting(slow)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnInterruptionIsToldToEverybody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := pubsub.New(d)
		one, stop := h.Subscribe("ticket:1")
		defer stop()
		h.Heard("")
		if diff := cmp.Diff([]string{pubsub.Resync}, waiting(one)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCancelClosesAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := pubsub.New(d)
		gone, cancel := h.Subscribe("queue", "queue")
		stays, stop := h.Subscribe("queue")
		defer stop()
		cancel()
		cancel()
		publish(t, d, h, nil, "queue")
		if diff := cmp.Diff([]string{"closed"}, waiting(gone)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"queue"}, waiting(stays)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSubscribersComeAndGoWhileHintsFly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := pubsub.New(d)
		last, stop := h.Subscribe("7")
		defer stop()
		var all sync.WaitGroup
		for n := range 4 {
			all.Go(func() {
				for i := range 50 {
					c, cancel := h.Subscribe(strconv.Itoa(i%8), strconv.Itoa(n))
					waiting(c)
					cancel()
				}
			})
			all.Go(func() {
				for i := range 8 {
					publish(t, d, h, nil, strconv.Itoa(i))
				}
			})
		}
		all.Wait()
		if diff := cmp.Diff([]string{"7", "7", "7", "7"}, waiting(last)); diff != "" {
			t.Error(diff)
		}
	})
}

// Between the reading of a page and its listening nothing is lost: what was hinted since the
// page's mark is told, and where that is no longer known, everything is to be looked at again.
func TestP4_WhatCameBetweenReadingAndListeningIsTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, other := pubsub.New(d), pubsub.New(d)
		mark := h.Mark()
		since := func(mark string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, h.Since(mark, "queue", "ticket:1")); diff != "" {
				t.Errorf("since %q: %s", mark, diff)
			}
		}
		since(mark)
		publish(t, d, h, nil, "ticket:2", "ticket:1", "queue", "ticket:1")
		publish(t, d, h, errRefuse, "queue")
		since(mark, "ticket:1", "queue")
		since("")
		since(h.Mark())
		since(other.Mark(), pubsub.Resync)
		since("nonsense", pubsub.Resync)
		for i := range 2000 {
			publish(t, d, h, nil, "ticket:"+strconv.Itoa(i+10))
		}
		since(mark, pubsub.Resync)
		since(h.Mark())
	})
}
