// SPDX-License-Identifier: Apache-2.0

package incident_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// incident is one case of the set.
type incident struct {
	ID       string `json:"id"`
	Opened   string `json:"opened_at"`
	Caller   string `json:"caller_id"`
	Contact  string `json:"contact_type"`
	Priority string `json:"priority"`
	Moved    string `json:"reassignment_count"`
	Back     string `json:"reopen_count"`
	Events   []moment
}

// moment is what the other desk's log says of a case at one time.
type moment struct {
	At            time.Time
	State         string
	Group, Person string // "?" where nobody
	Moved, Back   int
}

// UnmarshalJSON reads [time, state, group, person, reassignments, reopenings].
func (m *moment) UnmarshalJSON(b []byte) error {
	var at string
	if err := json.Unmarshal(b, &[]any{&at, &m.State, &m.Group, &m.Person, &m.Moved, &m.Back}); err != nil {
		return err
	}
	var err error
	m.At, err = instant(at)
	return err
}

func instant(s string) (time.Time, error) { return time.Parse("2/1/2006 15:04", s) }

// read returns the cases of the set; none where it is not there.
func read(t *testing.T) []incident {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, "itsm-events", "cases.jsonl.gz"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []incident
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var x incident
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(fmt.Errorf("case %d: %w", len(out)+1, err))
		}
		out = append(out, x)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// counted is what the other desk counted of a case.
type counted struct{ Moved, Back, Waits, Closed int }

func (x incident) counted(t *testing.T) counted {
	t.Helper()
	n := func(s string) int {
		v, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	c := counted{Moved: n(x.Moved), Back: n(x.Back)}
	was := ""
	for _, m := range x.Events {
		if waits(m.State) && !waits(was) {
			c.Waits++
		}
		was = m.State
	}
	if was == "Closed" {
		c.Closed = 1
	}
	return c
}

func waits(state string) bool {
	return slices.Contains([]string{"Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"}, state)
}

// together makes one moment of two of the same minute of which the later only counts another
// reassignment of a case that is solved with it: it was moved, and then solved.
func together(list []moment) []moment {
	var out []moment
	for _, m := range list {
		if n := len(out); n > 0 && m.State == "Resolved" && m.Moved > out[n-1].Moved && m.At.Equal(out[n-1].At) && m.State == out[n-1].State && m.Group == out[n-1].Group {
			out[n-1] = m
			continue
		}
		out = append(out, m)
	}
	return out
}
