// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// zoneFile writes a time zone that follows one rule for ever, in the format of RFC 9636 §3.
func zoneFile(t *testing.T, path, rule string) {
	t.Helper()
	var b bytes.Buffer
	for range 2 { // the old block, and the one of 64 bits: no change of the past, one type of time
		b.WriteString("TZif2" + string(make([]byte, 15)))
		for _, n := range []uint32{0, 0, 0, 0, 1, 4} { // isut, isstd, leap, times, types, letters
			_ = binary.Write(&b, binary.BigEndian, n)
		}
		_ = binary.Write(&b, binary.BigEndian, int32(8*3600))
		b.WriteString("\x00\x00TST\x00")
	}
	b.WriteString("\n" + rule + "\n")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// F42: a country changes the rules of its time zone, and a release or the system brings them. What
// is open is planned again at the next start: stored due times are those that the new rules
// give, and nothing is told before its time. Where zones are read from can be said once for a
// process, so that the test runs in one of its own.
func TestF42_AZoneWhoseRulesChange(t *testing.T) {
	t.Parallel()
	const where = "LOOPDESK_TEST_ZONES"
	dir := os.Getenv(where)
	if dir == "" {
		dir = t.TempDir()
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestF42_AZoneWhoseRulesChange$", "-test.v")
		child.Env = append(os.Environ(), where+"="+dir, "ZONEINFO="+dir)
		if out, err := child.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		zone := "Test/" + d.Engine().String()
		file := filepath.Join(dir, zone)
		zoneFile(t, file, "TST-8")
		r := newRoom(t, d)
		ctx := t.Context()
		if err := r.clocks.Load(ctx); err != nil {
			t.Fatal(err)
		}
		s := calendar.Start().Sheets[0]
		s.Name, s.Zone, s.Sets = "test", zone, nil
		_, version, err := r.clocks.Book(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.clocks.SaveCalendar(ctx, access.Desk(), "", s, version); err != nil {
			t.Fatal(errs.As(err).Fields)
		}
		p := sla.Standard()
		p.Calendar, p.P1Always = "test", false
		r.save(p)
		r.clock.Set(time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC)) // a Monday, ten in the morning there
		which := r.open()
		r.pass(time.Second)
		if err := r.clocks.Upgraded(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		r.planned(which)
		before := r.get(which).NextDue

		// The country puts its clocks on for the summer. The running desk goes on as it began.
		zoneFile(t, file, "TST-8TDT,M4.1.0,M10.1.0")
		if r.planned(which); !r.get(which).NextDue.Equal(before) {
			t.Error("a file moved what is due under a running desk")
		}
		next := started(t, d, r)
		if err := next.Upgraded(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		now := r.get(which)
		if due, name := next.Plan(now); !due.Equal(now.NextDue) || name != now.NextClock {
			t.Errorf("I10: stored %v (%s), the new rules give %v (%s)", now.NextDue, now.NextClock, due, name)
		}
		// At ten it is eleven there now: the noon break comes an hour sooner.
		if !now.NextDue.After(before) {
			t.Errorf("due %v as before the change, %v", now.NextDue, before)
		}
		// The same rules again: nothing to do.
		_, stored, err := setting.Load(ctx, r.settings, sla.PlannedName, sla.Planned{})
		if err != nil {
			t.Fatal(err)
		}
		if err := started(t, d, r).Upgraded(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		if _, again, err := setting.Load(ctx, r.settings, sla.PlannedName, sla.Planned{}); err != nil || again != stored {
			t.Errorf("planned again though nothing is new: %v", err)
		}
	})
}

// started is the room as the next process has it, on the same database; its jobs are r's from then on.
func started(t *testing.T, d *db.DB, r *room) *sla.Service {
	t.Helper()
	jobs := job.New(d, r.clock, slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	settings := setting.NewService(d, bus, r.clock)
	clocks := sla.NewService(settings, jobs, r.clock)
	blobs, err := blob.Open(t.Context(), "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	clocks.Serve(ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: r.clock, People: person.NewService(d, bus, r.clock), Catalog: catalog.New(d, bus, r.clock), Settings: settings, Blobs: blobs,
		Gates: ticket.StandardGates(), Plan: clocks.Plan, Expect: clocks.Expect,
	}))
	if err := clocks.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.jobs = jobs
	return clocks
}
