// SPDX-License-Identifier: Apache-2.0

package setting

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Value is a setting with a name, a start value and a check.
type Value interface {
	Check() error // Invalid with the fields to mend
}

// Changed records that a setting changed, with the new value.
type Changed struct {
	Name    string
	Version int64
	Value   json.RawMessage
}

// EventName is "setting.changed".
func (Changed) EventName() string { return "setting.changed" }

// EventSubject is 0: settings belong to the desk.
func (Changed) EventSubject() int64 { return 0 }

// Service stores settings and hands them out from memory.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
	mu    sync.RWMutex
	seen  map[string]stored

	changes uint64 // counts; what was read before a change is not kept after it
}

type stored struct {
	value   string
	version int64
	at      time.Time
}

// staleAfter bounds how long another node may go on with an old value.
const staleAfter = 15 * time.Second

// NewService makes the room.
func NewService(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	return &Service{db: d, bus: bus, clock: c, seen: map[string]stored{}}
}

// Load returns the setting called name and its version; start and 0 where it was never changed.
// A field that was added since it was saved keeps its start value. Start is written into: it
// must share no map and no slice with anybody.
func Load[T any](ctx context.Context, s *Service, name string, start T) (T, int64, error) {
	row, err := s.load(ctx, name)
	if err != nil || row.version == 0 {
		return start, 0, err
	}
	out := start
	if err := json.Unmarshal([]byte(row.value), &out); err != nil {
		return start, 0, fmt.Errorf("read setting %s: %w", name, err)
	}
	return out, row.version, nil
}

func (s *Service) load(ctx context.Context, name string) (stored, error) {
	now := s.clock.Now()
	s.mu.RLock()
	row, ok := s.seen[name]
	changes := s.changes
	s.mu.RUnlock()
	if ok && now.Sub(row.at) < staleAfter && !now.Before(row.at) {
		return row, nil
	}
	row, err := db.One(ctx, s.db, func(r db.Row) (x stored, err error) {
		err = r.Scan(&x.value, &x.version)
		return x, err
	}, `SELECT value, version FROM setting WHERE name = $1`, name)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return stored{}, err
	}
	row.at = now
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == changes {
		s.seen[name] = row
	}
	return row, nil
}

// AnyVersion saves whatever somebody else saved meanwhile.
const AnyVersion int64 = -1

// Save checks and stores a setting; version is what the editor saw, 0 where nothing was saved
// yet. Of two who start from the same version one is told that it is stale.
func Save[T Value](ctx context.Context, s *Service, by access.Actor, name string, v T, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	if err := v.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		got, err := db.One(ctx, tx, db.Int, `
			INSERT INTO setting (name, value, version, changed_at) VALUES ($1, $2, 1, $3)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = setting.version + 1, changed_at = excluded.changed_at
			RETURNING version`, name, string(text), now)
		if err != nil {
			return err
		}
		if version != AnyVersion && got != version+1 {
			return errs.Overtaken(got - 1)
		}
		tx.AfterCommit(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.changes++
			delete(s.seen, name)
		})
		_, err = s.bus.Record(ctx, tx, by.Meta(now), Changed{Name: name, Version: got, Value: text})
		return err
	})
}

// Past is a setting as it was saved once.
type Past struct {
	Version int64
	At      time.Time
	By      int64 // the person who saved it; 0 for the desk itself
	Value   json.RawMessage
}

// MaxPast bounds the versions that History returns.
const MaxPast = 50

// History returns the versions of a setting, the latest first, at most MaxPast.
func (s *Service) History(ctx context.Context, by access.Actor, name string) ([]Past, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	var out []Past
	for after := int64(0); ; {
		list, err := s.bus.List(ctx, s.db, "setting", 0, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			after = r.ID
			var c Changed
			if err := json.Unmarshal(r.Data, &c); err != nil {
				return nil, fmt.Errorf("read what was changed of %s: %w", name, err)
			}
			if c.Name == name {
				out = append(out, Past{Version: c.Version, At: r.Meta.At, By: r.Meta.ActorID, Value: c.Value})
			}
		}
		if len(list) < 1000 {
			break
		}
	}
	slices.Reverse(out)
	return out[:min(len(out), MaxPast)], nil
}
