// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// writing is set in a second process of this test: where it writes, saying
// each name once it is acknowledged, until it is killed.
const writing = "LOOPDESK_TEST_WRITE"

func writeForever(url string) {
	d, err := db.Open(context.Background(), db.Config{URL: url})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("%d-%d-%d", os.Getpid(), i, n)
				if err := d.Write(context.Background(), both(put(name+"a"), put(name+"b"))); err != nil {
					fmt.Println("error", err)
					return
				}
				fmt.Println("done", name)
			}
		})
	}
	all.Wait()
}

// F01: a process is killed in the middle of its work, again and again. Whatever it
// acknowledged is there, every write is there as a whole or not at all, and
// the file opens as if nothing had happened.
func TestF01AcknowledgedWritesSurviveAKill(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, url string) {
		d := dbtest.Open(t, url)
		run(t, d, thing.For(d.Engine()))
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			acked := writeAndKill(t, url, 100)
			d := dbtest.Open(t, url)
			there := map[string]bool{}
			for _, name := range names(t, d) {
				there[name] = true
			}
			for _, name := range acked {
				if !there[name+"a"] || !there[name+"b"] {
					t.Errorf("%s was acknowledged and is lost", name)
				}
			}
			for name := range there {
				if whole := name[:len(name)-1]; !there[whole+"a"] || !there[whole+"b"] {
					t.Errorf("half of %s is there", whole)
				}
			}
			run(t, d, `DELETE FROM thing`)
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// writeAndKill starts a writer, kills it after so many writes and returns all
// that it acknowledged.
func writeAndKill(t *testing.T, url string, after int) (acked []string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), writing+"="+url)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		word, name, _ := strings.Cut(lines.Text(), " ")
		if word != "done" {
			t.Errorf("the writer says %s", lines.Text())
		} else {
			acked = append(acked, name)
		}
		if word != "done" || len(acked) == after {
			_ = c.Process.Kill() // it may be gone already
		}
	}
	if err := c.Wait(); err == nil {
		t.Error("the writer ended by itself")
	}
	return acked
}
