// SPDX-License-Identifier: Apache-2.0

package report_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// The one case of the peers that is a figure: of the exchanges of a ticket the longest counts.
// Where an administrator has updates counted while the requester waits, each exchange is a run
// of the clock, and the report says how long the longest took. Each is still judged by itself.
func TestN23_ThePeersLongestExchange(t *testing.T) {
	t.Parallel()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, "sla", "cases.jsonl"))
	if err != nil {
		t.Skipf("no test data: %v; set LOOPDESK_TESTDATA", err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c struct {
			Op     string
			Expect json.RawMessage
		}
		if json.Unmarshal(lines.Bytes(), &c) != nil || c.Op != "sla_stat" {
			continue
		}
		n++
		var want struct {
			Took int64 `json:"update_in_min"`
			Left int64 `json:"update_diff_in_min"`
		}
		if err := json.Unmarshal(c.Expect, &want); err != nil {
			t.Fatal(err)
		}
		p := sla.Standard()
		p.Cadence = sla.WhenAsked
		for i := range p.Targets {
			p.Targets[i].Update = want.Took + want.Left
		}
		l := slatest.New(ticket.Portal)
		l.Then(0, slatest.Accepted()).Then(time.Minute, l.Word())
		for _, d := range []time.Duration{10 * time.Minute, 5 * time.Minute} {
			l.Then(time.Hour, slatest.UserWord()).Then(d, l.Word())
		}
		list := report.Outcomes(told(l), sla.By(p, calendar.Always{}))
		took, goal := longest(list, sla.Update), time.Duration(want.Took+want.Left)*time.Minute
		if took != time.Duration(want.Took)*time.Minute || goal-took != time.Duration(want.Left)*time.Minute {
			t.Errorf("the longest exchange took %v of %v, want %d min and %d left", took, goal, want.Took, want.Left)
		}
	}
	if n != 1 {
		t.Errorf("%d figures", n)
	}
}
