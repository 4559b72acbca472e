// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

// testData returns a folder of the shared test data.
func testData(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("test data: %v", err)
	}
	return dir
}

// mailbox, attached and stated are the shapes of the test data.
type mailbox struct{ Name, Address string }

type attached struct {
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	ContentID   string `json:"content_id"`
	SHA256      string `json:"sha256"`
	Size        int    `json:"size"`
}

type mailCase struct {
	ID        string         `json:"id"`
	Tier      string         `json:"tier"`
	Raw       string         `json:"raw"`
	Agree     []string       `json:"agree"`
	Expect    map[string]any `json:"expect"`
	Reference map[string]any `json:"reference"`
}

func mailCases(t testing.TB, dir string) []mailCase {
	t.Helper()
	f, err := os.Open(filepath.Join(testData(t, dir), "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []mailCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c mailCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// found is a message in the shape of the test data.
func found(m mail.Message) map[string]any {
	boxes := func(list []mail.Address) []mailbox {
		out := []mailbox{}
		for _, a := range list {
			out = append(out, mailbox{a.Name, a.Addr})
		}
		return out
	}
	files := []attached{}
	names := []string{}
	sizes := []int{}
	for _, f := range m.Files {
		sum := sha256.Sum256(f.Data)
		files = append(files, attached{f.Name, f.Type, f.CID, hex.EncodeToString(sum[:]), len(f.Data)})
		names = append(names, f.Name)
		sizes = append(sizes, len(f.Data))
	}
	text, html := "", ""
	bodies := m.Body
	for _, n := range m.Nested {
		bodies = append(bodies[:len(bodies):len(bodies)], n.Body...)
	}
	for _, b := range bodies {
		text += b.Plain
		html += b.HTML
	}
	date := any(nil)
	if !m.Date.IsZero() {
		date = m.Date.Format(time.RFC3339)
	}
	return map[string]any{
		"subject": m.Subject, "from": boxes(m.From), "to": boxes(m.To), "cc": boxes(m.Cc), "reply_to": boxes(m.ReplyTo),
		"date_utc": date, "message_id": m.MessageID, "in_reply_to": strings.Join(m.InReplyTo, " "), "references": append([]string{}, m.References...),
		"text": text, "html": html, "attachments": files, "attachment_names": names, "attachment_count": len(files), "attachment_sizes": sizes,
	}
}

// same compares a field as the test data asks: white space does not count.
func same(field string, got, want any) bool {
	plain := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		var back any
		if err := json.Unmarshal(b, &back); err != nil {
			return err.Error()
		}
		if field == "attachments" {
			for _, a := range back.([]any) {
				delete(a.(map[string]any), "disposition")
			}
		}
		if s, ok := back.(string); ok {
			return squeeze(s)
		}
		if b, err = json.Marshal(back); err != nil {
			return err.Error()
		}
		return squeeze(strings.ReplaceAll(strings.ReplaceAll(string(b), `"Name"`, `"name"`), `"Address"`, `"address"`))
	}
	return plain(got) == plain(want)
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}

// share counts fields that agree.
type share struct{ same, all int }

func (s *share) add(ok bool) {
	s.all++
	if ok {
		s.same++
	}
}

func (s share) String() string {
	if s.all == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", s.same, s.all)
}

func (s share) percent() float64 { return 100 * float64(s.same) / float64(max(s.all, 1)) }

// compare reads every message of a set and compares it with what the sources state.
// sources holds, by source: the fields on which two peers agree, the fields that only a
// person stated, and the fields that only the reference parser gives.
func compare(t *testing.T, dir string) (sources map[string]*[3]share, total [3]share, differing []string) {
	t.Helper()
	sources = map[string]*[3]share{}
	for _, c := range mailCases(t, dir) {
		raw, err := os.ReadFile(filepath.Join(testData(t, dir), c.Raw))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.Read(raw, mail.Standard())
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		got := found(m)
		name, _, _ := strings.Cut(c.ID, "/")
		if sources[name] == nil {
			sources[name] = &[3]share{}
		}
		check := func(column int, field string, want any) {
			if _, known := got[field]; !known {
				return
			}
			ok := same(field, got[field], want)
			sources[name][column].add(ok)
			total[column].add(ok)
			if !ok {
				differing = append(differing, fmt.Sprintf("%d %s %s", column, c.ID, field))
			}
		}
		for field, want := range c.Expect {
			if slices.Contains(c.Agree, field) {
				check(0, field, want)
			} else {
				check(1, field, want)
			}
		}
		for field, want := range c.Reference {
			if _, stated := c.Expect[field]; !stated && field != "defects" && field != "error" {
				check(2, field, want)
			}
		}
	}
	slices.Sort(differing)
	return sources, total, differing
}

// TestCorpus holds the parser to the messages of other projects. The floors are what it
// reached; docs/benchmarks.md says what the rest is.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for dir, floor := range map[string][3]float64{"mail": {99.8, 35, 96}, "mail-zh": {0, 100, 97}} {
		sources, total, differing := compare(t, dir)
		for _, name := range slices.Sorted(maps.Keys(sources)) {
			s := sources[name]
			t.Logf("| %s | %s | %s | %s |", name, s[0], s[1], s[2])
		}
		for column, want := range floor {
			if got := total[column].percent(); got < want {
				t.Errorf("%s: column %d: %.1f %% of %d fields, want %.1f %%", dir, column, got, total[column].all, want)
			}
		}
		t.Logf("%s: agreed %s, stated %s, reference %s", dir, total[0], total[1], total[2])
		t.Logf("differing:\n%s", strings.Join(differing, "\n"))
	}
}
