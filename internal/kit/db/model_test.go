// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// op is one statement, or one misfortune, of a write.
type op struct {
	Kind string // add, claim, fail, panic, broken
	Key  int
	N    int64
}

// Writers run any mix of writes side by side, some of which fail, panic or
// fail to commit. Whatever the order: what was acknowledged has happened once
// and as a whole, what was not has not, and hooks ran for exactly the former.
func TestWritersAgainstAModel(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			url += "&deadlock_timeout=20" // milliseconds: crossing locks are common here
		}
		d := dbtest.Open(t, url)
		run(t, d, thing.For(d.Engine()))
		rapid.Check(t, func(rt *rapid.T) {
			writers := rapid.SliceOfN(rapid.SliceOfN(genWrite(), 1, 4), 1, 6).Draw(rt, "writers")
			every := rapid.Int64Range(3, 40).Draw(rt, "every so many commits fail")
			playWriters(t, rt, d, writers, every)
		})
	})
}

func genWrite() *rapid.Generator[[]op] {
	one := rapid.Custom(func(t *rapid.T) op {
		return op{
			Kind: rapid.SampledFrom([]string{"add", "add", "add", "add", "claim", "claim", "fail", "panic", "broken"}).Draw(t, "kind"),
			Key:  rapid.IntRange(0, 3).Draw(t, "key"),
			N:    rapid.Int64Range(-5, 5).Draw(t, "n"),
		}
	})
	return rapid.SliceOfN(one, 0, 4)
}

// model is what the acknowledged writes come to.
type model struct {
	mu     sync.Mutex
	Sums   map[int]int64
	Claims map[string]bool
}

func playWriters(t *testing.T, rt *rapid.T, d *db.DB, writers [][][]op, every int64) {
	if err := d.Write(t.Context(), do(`DELETE FROM thing`)); err != nil {
		rt.Fatal(err)
	}
	for key := range 4 {
		if err := d.Write(t.Context(), put(fmt.Sprint("sum", key))); err != nil {
			rt.Fatal(err)
		}
	}
	var commits, hooks, acked atomic.Int64
	db.SetFailpoints(d, func() error {
		if commits.Add(1)%every == 0 {
			return errRefused
		}
		return nil
	}, nil)
	defer db.SetFailpoints(d, nil, nil)
	m := model{Sums: map[int]int64{0: 0, 1: 0, 2: 0, 3: 0}, Claims: map[string]bool{}}
	var all sync.WaitGroup
	for _, writes := range writers {
		all.Go(func() {
			for _, ops := range writes {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					tx.AfterCommit(func() { hooks.Add(1) })
					return play(ctx, tx, ops)
				})
				if err == nil {
					acked.Add(1)
					m.add(rt, ops)
				}
			}
		})
	}
	all.Wait()
	if hooks.Load() != acked.Load() {
		rt.Errorf("%d hooks for %d writes", hooks.Load(), acked.Load())
	}
	got := model{Sums: map[int]int64{}, Claims: map[string]bool{}}
	_, err := db.All(t.Context(), d, func(r db.Row) (struct{}, error) {
		var name string
		var n int64
		err := r.Scan(&name, &n)
		var key int
		if _, no := fmt.Sscanf(name, "sum%d", &key); no == nil {
			got.Sums[key] = n
		} else {
			got.Claims[name] = true
		}
		return struct{}{}, err
	}, `SELECT name, n FROM thing`)
	if err != nil {
		rt.Fatal(err)
	}
	if diff := cmp.Diff(m.Sums, got.Sums); diff != "" {
		rt.Errorf("sums (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(m.Claims, got.Claims); diff != "" {
		rt.Errorf("claims (-want +got):\n%s", diff)
	}
}

func play(ctx context.Context, tx *db.Tx, ops []op) error {
	for _, o := range ops {
		var err error
		switch o.Kind {
		case "add":
			err = do(`UPDATE thing SET n = n + $1 WHERE name = $2`, o.N, fmt.Sprint("sum", o.Key))(ctx, tx)
		case "claim":
			err = put(fmt.Sprint("claim", o.Key))(ctx, tx)
		case "fail":
			err = errRefused
		case "panic":
			panic("oh")
		case "broken":
			_ = do(`UPDATE nowhere SET n = 1`)(ctx, tx) // kept quiet, and it counts all the same
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add plays an acknowledged write. A claim can be made once.
func (m *model) add(rt *rapid.T, ops []op) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range ops {
		switch name := fmt.Sprint("claim", o.Key); o.Kind {
		case "add":
			m.Sums[o.Key] += o.N
		case "claim":
			if m.Claims[name] {
				rt.Errorf("%s was made twice", name)
			}
			m.Claims[name] = true
		default:
			rt.Errorf("a write with %q was acknowledged", o.Kind)
		}
	}
}
