// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN5_N11_TheDiagnosisLogIsFoldedAndFound: what was thought long ago folds away, with how much it is, and
// all of it is found by its words; the requester neither reads nor finds any of it.
func TestN5_N11_TheDiagnosisLogIsFoldedAndFound(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		agent, owner := h.SignIn(access.Agent), h.SignInAs(w.owner)
		at := "/work/tickets/" + w.ticket.Ref()
		for i := 1; i <= 8; i++ {
			r := agent.Post(at+"/diagnose", url.Values{"hypothesis": {"怀疑第" + strconv.Itoa(i) + "处"}, "check": {"量了端口"}, "result": {"结果zq" + strconv.Itoa(i)}, "judgement": {string(ticket.RuledOut)}})
			if r.Status != http.StatusSeeOther {
				t.Fatalf("line %d: %d", i, r.Status)
			}
		}
		page := agent.Get(at).Body
		_, log, _ := strings.Cut(page, `id="diagnosis"`)
		log, _, _ = strings.Cut(log, "</section>")
		folded, open, cut := strings.Cut(log, "</details>")
		if !cut || strings.Contains(folded, "<details open") || strings.Count(log, "怀疑第") != 8 {
			t.Fatalf("nothing is folded, or lines are missing:\n%s", log)
		}
		for i := 1; i <= 8; i++ {
			where := open
			if i <= 2 { // six stand open
				where = folded
			}
			if !strings.Contains(where, "怀疑第"+strconv.Itoa(i)+"处") {
				t.Errorf("line %d is not where it should be", i)
			}
		}
		if !strings.Contains(folded, "<summary") || !strings.Contains(folded, "2") {
			t.Error("the fold does not say how many lines it holds")
		}
		h.RunJobs() // the index
		for _, words := range []string{"结果zq1", "怀疑第8处"} {
			q := url.Values{"q": {words}}.Encode()
			if r := agent.Get("/work/search?" + q); r.Status != http.StatusOK || !strings.Contains(r.Body, w.ticket.Ref()) {
				t.Errorf("%s is not found: %d", words, r.Status)
			}
			if r := owner.Get("/find?" + q); strings.Contains(r.Body, w.ticket.Ref()) {
				t.Errorf("the requester finds %s", words)
			}
		}
		if r := owner.Get("/requests/" + w.ticket.Ref()); r.Status != http.StatusOK || strings.Contains(r.Body, "怀疑第") {
			t.Errorf("the requester reads the log: %d", r.Status)
		}
	})
}

// sent sends a form with a file, as a browser does.
func sent(t *testing.T, c *apptest.Client, path, file string, fields map[string]string) apptest.Reply {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Send(http.MethodPost, path, &b, http.Header{"Content-Type": {form.FormDataContentType()}})
}

// TestN25_ARunbookLeavesAndComesBackAsAFile: what is exported is imported as the same text, by the editor
// and through the same gates as what is typed; a file that is none, or a hostile one, is refused in words
// and leaves nothing behind.
func TestN25_ARunbookLeavesAndComesBackAsAFile(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := &world{T: t, House: h}
		agent := h.SignIn(access.Agent)
		books := func() int { return len(w.column(`SELECT CAST(id AS TEXT) FROM runbook`)) }
		if r := agent.Post("/work/runbooks/new", url.Values{"text": {network}, "version": {"0"}, "act": {"save"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("written: %d", r.Status)
		}
		first := agent.Get("/work/runbooks/1/versions/1/file")
		if first.Status != http.StatusOK || !strings.Contains(first.Header.Get("Content-Disposition"), `filename="runbook-1-v1.md"`) || !strings.HasPrefix(first.Header.Get("Content-Type"), "text/plain") ||
			first.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Fatalf("exported: %d %v", first.Status, first.Header)
		}
		if r := h.SignIn(access.Requester).Get("/work/runbooks/1/versions/1/file"); r.Status != http.StatusForbidden {
			t.Errorf("a requester exports: %d", r.Status)
		}

		// There and back: the same, whatever stood in the box, and with the line ends of another system.
		back := func(file string) string {
			t.Helper()
			r := sent(t, agent, "/work/runbooks/new", file, map[string]string{"text": "# 不该留下的", "version": "0", "note": "", "act": "save"})
			if r.Status != http.StatusSeeOther {
				t.Fatalf("imported: %d\n%.800s", r.Status, r.Body)
			}
			id := strings.TrimSuffix(strings.TrimPrefix(r.Location(), "/work/runbooks/"), "/edit")
			return agent.Get("/work/runbooks/" + id + "/versions/1/file").Body
		}
		if got := back(first.Body); got != first.Body || !strings.Contains(got, "## speed 测一下延迟") {
			t.Errorf("what came back is another text:\n%s", got)
		}
		if got := back("\ufeff" + strings.ReplaceAll(first.Body, "\n", "\r\n")); got != first.Body {
			t.Errorf("with a mark of order and other line ends:\n%q", got)
		}
		if books() != 3 {
			t.Fatalf("%d runbooks", books())
		}

		// What cannot be one is refused, with the reason, and nothing is stored.
		for name, x := range map[string]struct {
			file   string
			status int
			says   string
		}{
			"a picture":    {png + strings.Repeat("\x00\xff", 200), http.StatusUnprocessableEntity, ""},
			"far too long": {"# x\n\n## a b\n\n" + strings.Repeat("长", runbook.MaxText), http.StatusRequestEntityTooLarge, ""},
		} {
			r := sent(t, agent, "/work/runbooks/new", x.file, map[string]string{"text": "", "version": "0", "act": "save"})
			if r.Status != x.status || !strings.Contains(r.Body, `role="alert"`) && !strings.Contains(r.Body, "aria-invalid") && !strings.Contains(r.Body, `id="problem`) {
				t.Errorf("%s: %d\n%.600s", name, r.Status, r.Body)
			}
		}
		if books() != 3 {
			t.Errorf("a file that was refused has left a runbook: %d", books())
		}
		// What says something harmful is a text like any other: shown as words, and unsound ones go no further.
		hostile := "# <script>alert(1)</script>\n\n## a <img src=x onerror=alert(1)>\nkind: instruct\n\n[go](javascript:alert(1)) <iframe src=//x.example></iframe>\n\n-> done: b\n\n## b twice\n\n-> done: nowhere\n"
		r := sent(t, agent, "/work/runbooks/new", hostile, map[string]string{"text": "", "version": "0", "act": "preview"})
		if r.Status != http.StatusOK {
			t.Fatalf("a look at it: %d", r.Status)
		}
		_, shown, _ := strings.Cut(r.Body, `id="preview"`)
		for _, bad := range []string{"<script>alert", "<img src=x", "<iframe", `href="javascript:`} {
			if strings.Contains(shown, bad) {
				t.Errorf("%q is in the page as it is", bad)
			}
		}
		r = sent(t, agent, "/work/runbooks/new", hostile, map[string]string{"text": "", "version": "0", "act": "submit"})
		if r.Status == http.StatusSeeOther || !strings.Contains(r.Body, "role=\"alert\"") {
			t.Errorf("a runbook that leads nowhere is given to be reviewed: %d", r.Status)
		}
	})
}
