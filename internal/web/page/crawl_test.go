// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func scanText(r db.Row) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

// state writes every table down, row by row, but for when a session was last seen.
func (h *house) state() string {
	h.Helper()
	all := func(text string, args ...any) []string {
		list, err := db.All(h.Context(), h.db, scanText, text, args...)
		if err != nil {
			h.Fatal(err)
		}
		return list
	}
	var b strings.Builder
	for _, table := range all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		var columns []string
		for _, c := range all(`SELECT name FROM pragma_table_info($1)`, table) {
			if table != "session" || c != "seen_at" {
				columns = append(columns, "quote("+c+")")
			}
		}
		b.WriteString(table + "\n")
		for _, row := range all(`SELECT ` + strings.Join(columns, " || ',' || ") + ` FROM ` + table + ` ORDER BY 1`) {
			b.WriteString("  " + row + "\n")
		}
	}
	return b.String()
}

// Every address of this room is looked at by everybody, as a browser and as a script, with
// HEAD too, and nothing has changed afterwards: whatever follows links may follow all of ours.
func TestA37_S30_S55_NoGetChangesAnything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.stage(h.requester, ticket.File{Name: "a.png", Data: strings.NewReader(png)})
	tk := h.record(h.requester, ticket.Say{Text: "x", HTML: "<p>x</p>", Files: []string{token}})
	// Signing in gives a password, which voids links to choose one: the links come after.
	readers := map[string]*browser{"nobody": h.nobody(), "requester": h.as(h.requester), "agent": h.as(h.agent), "admin": h.as(h.admin)}
	secrets := map[string]string{}
	for _, use := range []session.Purpose{session.ForSetUp, session.ForPassword} {
		s, err := h.sessions.MakeOneTime(t.Context(), use, h.agent.ID, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		secrets["/"+string(use)+"/{secret}"] = "/" + string(use) + "/" + s
	}
	before := h.state()
	if !strings.Contains(before, "one_time\n  ") || !strings.Contains(before, "attachment\n  ") {
		t.Fatalf("the state is not read:\n%s", before)
	}
	for _, r := range h.router.Routes() {
		if r.Method != http.MethodGet || strings.HasSuffix(r.Pattern, "/events") {
			continue
		}
		path := h.filled(r.Pattern, tk, token, "1")
		if s := secrets[r.Pattern]; s != "" {
			path = s
		}
		for who, b := range readers {
			for _, q := range []string{"", "?next=/me&lang=en&theme=dark&password=x&name=x"} {
				b.get(path + q)
				b.htmx().get(path + q)
			}
			if d := cmp.Diff(before, h.state()); d != "" {
				t.Fatalf("GET %s by %s has changed\n%s", path, who, d)
			}
		}
	}
}
