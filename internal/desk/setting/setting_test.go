// SPDX-License-Identifier: Apache-2.0

package setting_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the setting room alone.
type room struct {
	*testing.T
	*setting.Service
	db    *db.DB
	bus   *event.Bus
	clock *clock.Manual
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := &room{T: t, db: d, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
		r.bus = event.NewBus(job.New(d, r.clock, slog.New(slog.DiscardHandler)))
		r.Service = r.node()
		fn(t, r)
	})
}

// node is the room as another process on the same database has it.
func (r *room) node() *setting.Service { return setting.NewService(r.db, r.bus, r.clock) }

// shade is a setting of a room that does not exist.
type shade struct {
	Colour string
	Depth  int
	Rows   []string
	Named  map[string]int
	Inner  struct{ A, B int }
}

func (s shade) Check() error {
	if s.Depth < 0 {
		return errs.Field("depth", "setting.out_of_range", "Min", 0, "Max", 9)
	}
	return nil
}

func start() shade {
	s := shade{Colour: "grey", Depth: 3, Rows: []string{"a", "b"}, Named: map[string]int{"x": 1}}
	s.Inner.A, s.Inner.B = 1, 2
	return s
}

func (r *room) load() (shade, int64) {
	r.Helper()
	s, version, err := setting.Load(r.Context(), r.Service, "test.shade", start())
	if err != nil {
		r.Fatal(err)
	}
	return s, version
}

func (r *room) save(s shade, version int64) error {
	return setting.Save(r.Context(), r.Service, access.Desk(), "test.shade", s, version)
}

// write stores a value as an earlier release left it, behind everybody's back.
func (r *room) write(value string) {
	r.Helper()
	err := r.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `INSERT INTO setting (name, value, version, changed_at) VALUES ('test.shade', $1, 7, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, value, r.clock.Now())
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	r.clock.Advance(time.Minute) // what was remembered is old
}

func TestASettingBeginsWithItsStartAndKeepsWhatWasSaved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		got, version := r.load()
		if d := cmp.Diff(start(), got); d != "" || version != 0 {
			t.Fatalf("version %d\n%s", version, d)
		}
		want := shade{Colour: "", Depth: 0, Rows: nil, Named: map[string]int{}}
		if err := r.save(want, 0); err != nil {
			t.Fatal(err)
		}
		got, version = r.load()
		if got.Colour != "" || got.Depth != 0 || len(got.Rows) != 0 || got.Inner.A != 0 || version != 1 {
			t.Errorf("what was emptied came back: %+v, version %d", got, version)
		}
	})
}

// A release that knows more fields reads what an older one saved.
func TestF28_FieldsThatAreNewKeepTheirStart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.write(`{"Colour":"blue","Gone":true,"Inner":{"A":5}}`)
		want := start()
		want.Colour, want.Inner.A = "blue", 5
		got, version := r.load()
		if d := cmp.Diff(want, got); d != "" || version != 7 {
			t.Errorf("version %d\n%s", version, d)
		}
		first, _ := r.load()
		first.Named["x"], first.Rows[0] = 99, "changed"
		if again, _ := r.load(); again.Named["x"] != 1 || again.Rows[0] != "a" {
			t.Errorf("one reader changed the setting of another: %+v", again)
		}
		r.write(`not json`)
		if got, _, err := setting.Load(t.Context(), r.Service, "test.shade", start()); err == nil || got.Colour != "grey" {
			t.Errorf("what cannot be read is %+v, %v", got, err)
		}
	})
}

func TestF53_OneOfManyEditsOfASettingWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		if err := r.save(start(), 0); err != nil {
			t.Fatal(err)
		}
		if err := r.save(start(), 0); errs.KindOf(err) != errs.Stale {
			t.Errorf("a second first save: %v", err)
		}
		_, version := r.load()
		const hands = 12
		results := make([]error, hands)
		var wg sync.WaitGroup
		for i := range hands {
			wg.Go(func() {
				s := start()
				s.Depth = i
				results[i] = r.save(s, version)
			})
		}
		wg.Wait()
		won := -1
		for i, err := range results {
			if err == nil && won >= 0 {
				t.Errorf("%d and %d both won", won, i)
			} else if err == nil {
				won = i
			} else if errs.KindOf(err) != errs.Stale {
				t.Error(err)
			}
		}
		if got, now := r.load(); won < 0 || got.Depth != won || now != version+1 {
			t.Errorf("%d won; stored is %+v in version %d", won, got, now)
		}
	})
}

func TestA86_A69_OnlyAdministratorsSaveAndEachChangeIsRecorded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, role := range access.Roles() {
			by := access.Actor{ID: 7, Kind: access.Person, Role: role, Via: "web"}
			err := setting.Save(t.Context(), r.Service, by, "test.shade", start(), setting.AnyVersion)
			if (err == nil) != (role == access.Admin) {
				t.Errorf("%s: %v", role, err)
			}
		}
		for name, by := range map[string]access.Actor{"nobody": {}, "a link": {ID: 7, Kind: access.Link, Ticket: 1, Role: access.Requester}} {
			if err := setting.Save(t.Context(), r.Service, by, "test.shade", start(), setting.AnyVersion); err == nil {
				t.Errorf("%s saved", name)
			}
		}
		bad := start()
		bad.Depth = -1
		if err := r.save(bad, 0); errs.KindOf(err) != errs.Invalid {
			t.Errorf("out of range: %v", err)
		}
		list, err := r.bus.List(t.Context(), r.db, "setting", 0, 0, 10)
		if err != nil || len(list) != 1 || list[0].Meta.ActorID != 7 || list[0].Name != "setting.changed" ||
			!strings.Contains(string(list[0].Data), `"Name":"test.shade","Version":1,"Value":{"Colour":"grey"`) {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestASettingIsNewAtOnceHereAndSoonElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		far := r.node()
		if got := far.Desk(t.Context()); got != setting.Start() {
			t.Fatalf("%+v", got)
		}
		d := setting.Start()
		d.Name = "新的服务台"
		if err := setting.Save(t.Context(), r.Service, access.Desk(), setting.DeskName, d, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		if got := r.Desk(t.Context()); got != d {
			t.Errorf("here: %+v", got)
		}
		r.clock.Advance(15 * time.Second)
		if got := far.Desk(t.Context()); got != d {
			t.Errorf("elsewhere after a quarter of a minute: %+v", got)
		}
		// Readers that hurry beside the writers never leave an old value behind.
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				s := start()
				s.Depth = i
				if err := r.save(s, setting.AnyVersion); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { r.load() })
		}
		wg.Wait()
		fresh, _, err := setting.Load(t.Context(), r.node(), "test.shade", start())
		if got, _ := r.load(); err != nil || got.Depth != fresh.Depth {
			t.Errorf("remembered %d, stored %d, %v", got.Depth, fresh.Depth, err)
		}
	})
}

func TestA22_S10_TheDeskItselfHasBounds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		how        func(*setting.Desk)
		field, key string
	}{
		"as it starts":           {func(*setting.Desk) {}, "", ""},
		"no hotline":             {func(d *setting.Desk) { d.Hotline = "" }, "", ""},
		"no name":                {func(d *setting.Desk) { d.Name = "" }, "name", "setting.name_length"},
		"a name too long":        {func(d *setting.Desk) { d.Name = strings.Repeat("台", 61) }, "name", "setting.name_length"},
		"a name of two lines":    {func(d *setting.Desk) { d.Name = "IT\r\nBcc: x@evil.test" }, "name", "setting.one_line"},
		"a name from the right":  {func(d *setting.Desk) { d.Name = "IT\u202e" }, "name", "setting.one_line"},
		"a name that is no text": {func(d *setting.Desk) { d.Name = "IT\xff" }, "name", "setting.one_line"},
		"a hotline too long":     {func(d *setting.Desk) { d.Hotline = strings.Repeat("8", 61) }, "hotline", "setting.hotline_length"},
		"a hotline of two lines": {func(d *setting.Desk) { d.Hotline = "8\n8" }, "hotline", "setting.one_line"},
		"another language":       {func(d *setting.Desk) { d.Lang = "fr" }, "lang", "person.lang_unknown"},
		"no zone":                {func(d *setting.Desk) { d.Zone = "" }, "zone", "person.zone_unknown"},
		"no such zone":           {func(d *setting.Desk) { d.Zone = "Asia/Atlantis" }, "zone", "person.zone_unknown"},
		"reopening before":       {func(d *setting.Desk) { d.ReopenDays = -1 }, "reopen_days", "setting.out_of_range"},
		"reopening for ever":     {func(d *setting.Desk) { d.ReopenDays = 91 }, "reopen_days", "setting.out_of_range"},
		"reopening not at all":   {func(d *setting.Desk) { d.ReopenDays = 0 }, "", ""},
		"the longest that is fit": {func(d *setting.Desk) {
			d.Name, d.Hotline, d.ReopenDays = strings.Repeat("台", 60), strings.Repeat("8", 60), 90
		}, "", ""},
	} {
		d := setting.Start()
		tt.how(&d)
		got := ""
		if e := errs.As(d.Check()); e != nil {
			for _, f := range e.Fields {
				got += fmt.Sprint(f.Name, " ", f.Key)
			}
		}
		if want := strings.TrimSpace(tt.field + " " + tt.key); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
