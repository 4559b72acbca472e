// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// A reply by program may be taken back within its seconds, as on the page: no mail leaves for it,
// its words are the agent's draft, and afterwards the refusal says that it has left.
func TestN3_AReplyIsTakenBackByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		ref := strings.TrimPrefix(h.SignInAs(s.user).Post("/new", url.Values{"text": {"共享盘打不开"}}).Location(), "/requests/")
		h.RunJobs()
		agent := h.API(h.Person(access.Agent))
		at := "/api/v1/tickets/" + fmt.Sprint(ticket.ParseRef(ref))
		say := func(path, body string, want int) string {
			t.Helper()
			r := agent.JSON(http.MethodPost, at+path, body)
			if r.Status != want {
				t.Fatalf("%s: %d, want %d\n%s", path, r.Status, want, r.Body)
			}
			return r.Body
		}
		mails := func() int { return len(h.Mailbox(s.user.Email)) }
		before := mails()
		say("/reply", `{"text":"您好，我写给了错的人","undo":true}`, http.StatusOK)
		say("/take-back", `{}`, http.StatusOK)
		h.Advance(time.Hour)
		if mails() != before || !s.ticket(ref).FirstResponseAt.IsZero() {
			t.Error("words that were taken back left the house, or stopped a clock")
		}
		say("/reply", `{"text":"您好，已经在看，十分钟内告诉您结果","undo":true}`, http.StatusOK)
		h.Advance(10 * time.Second)
		if s.ticket(ref).FirstResponseAt.IsZero() {
			t.Error("the first response does not count")
		}
		if r := say("/take-back", `{}`, http.StatusConflict); !strings.Contains(r, "ticket.sent_already") && !strings.Contains(r, "发出") && !strings.Contains(r, "left") {
			t.Errorf("the refusal says %s", r)
		}
		h.Advance(10 * time.Minute)
		if mails() == before {
			t.Error("no mail left for words that were said")
		}
	})
}

// Another matter in the thread becomes a ticket of its own by program, with the rules of the page:
// both are linked, the user is told the new number, and the new ticket has all its gates before it.
func TestN17_N36_ASplitByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		client := h.SignInAs(s.user)
		ref := strings.TrimPrefix(client.Post("/new", url.Values{"text": {"共享盘打不开"}}).Location(), "/requests/")
		client.Post("/requests/"+ref+"/reply", url.Values{"text": {"另外，会议室的投影没有画面"}})
		h.RunJobs()
		h.Advance(10 * time.Minute)
		user, agent := h.API(s.user), h.API(h.Person(access.Agent))
		at := "/api/v1/tickets/" + fmt.Sprint(ticket.ParseRef(ref))
		var page struct {
			Items []struct {
				ID   int64  `json:"id"`
				Text string `json:"text"`
			} `json:"items"`
		}
		if err := json.Unmarshal([]byte(agent.JSON(http.MethodGet, at+"/messages", "").Body), &page); err != nil || len(page.Items) != 2 {
			t.Fatalf("%v: %+v", err, page)
		}
		body := fmt.Sprintf(`{"messages":[%d],"subject":"投影没有画面"}`, page.Items[1].ID)
		if r := user.JSON(http.MethodPost, at+"/split", body); r.Status != http.StatusForbidden {
			t.Errorf("the requester splits: %d", r.Status)
		}
		if r := agent.JSON(http.MethodPost, at+"/split?dry_run=true", body); r.Status != http.StatusOK || s.ticket(ref).SplitTo() != 0 {
			t.Errorf("a dry run: %d, %s", r.Status, r.Body)
		}
		mails := len(h.Mailbox(s.user.Email))
		if r := agent.JSON(http.MethodPost, at+"/split", body); r.Status != http.StatusOK || !strings.Contains(r.Body, "split_to") {
			t.Fatalf("the split: %d, %s", r.Status, r.Body)
		}
		h.RunJobs()
		made := s.ticket(ticket.Ref(s.ticket(ref).SplitTo()))
		if made.Subject != "投影没有画面" || made.Requester != s.user.ID || ticket.Ref(made.SplitFrom()) != ref || made.Status != ticket.New {
			t.Errorf("%+v", made)
		}
		if got := h.Mailbox(s.user.Email); len(got) != mails+1 || !strings.Contains(got[len(got)-1].Text(), ref) || !strings.Contains(got[len(got)-1].Text(), made.Ref()) {
			t.Errorf("the user got %d letters, and was not told both numbers", len(got)-mails)
		}
		to := "/api/v1/tickets/" + fmt.Sprint(made.Number)
		agent.JSON(http.MethodPost, to+"/accept", `{}`)
		if r := agent.JSON(http.MethodPost, to+"/resolve", `{"solution":"换了线"}`); r.Status != http.StatusConflict || !strings.Contains(r.Body, "gap.intake") && !strings.Contains(r.Body, "N15") {
			t.Errorf("nothing stands before the solution of the new ticket: %d, %s", r.Status, r.Body)
		}
	})
}
