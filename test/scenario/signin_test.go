// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// TestS51_A65_ALinkIsUsedUpOnlyTogetherWithWhatItOpens: where the machine fails while the visit that was
// there before is ended, nothing has happened: the link is good, and nobody is signed in by half.
func TestS51_A65_ALinkIsUsedUpOnlyTogetherWithWhatItOpens(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := &world{T: t, House: h}
		who := h.Person(access.Requester)
		browser := h.SignInAs(h.Somebody(access.Requester)) // somebody else's visit on a shared machine
		if r := browser.Post("/signin/mail", map[string][]string{"email": {who.Email}}); r.Status != http.StatusOK {
			t.Fatal(r.Status)
		}
		h.RunJobs()
		box := h.Mailbox(who.Email)
		link := regexp.MustCompile(`/signin/mail/[a-z2-7]+`).FindString(box[len(box)-1].Text())
		drop := `DROP TRIGGER failpoint`
		if h.DB.Engine() == db.Postgres {
			w.statement(`CREATE OR REPLACE FUNCTION failpoint() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'failpoint'; END $f$`)
			w.statement(`CREATE TRIGGER failpoint BEFORE DELETE ON session FOR EACH ROW EXECUTE FUNCTION failpoint()`)
			drop += ` ON session`
		} else {
			w.statement(`CREATE TRIGGER failpoint BEFORE DELETE ON session BEGIN SELECT RAISE(ABORT, 'failpoint'); END`)
		}
		visits := func() int { return len(w.column(`SELECT CAST(id AS TEXT) FROM session`)) }
		before := visits()
		if r := browser.Post(link, nil); r.Status != http.StatusInternalServerError {
			t.Errorf("while the machine fails: %d", r.Status)
		}
		if visits() != before {
			t.Error("signed in by half")
		}
		w.statement(drop)
		if r := browser.Get(link); r.Status != http.StatusOK {
			t.Fatalf("the link is used up without what it opens: %d", r.Status)
		}
		if r := browser.Post(link, nil); r.Status != http.StatusSeeOther || visits() != before {
			t.Errorf("afterwards: %d, %d visits instead of %d", r.Status, visits(), before)
		}
		if r := browser.Get("/requests"); r.Status != http.StatusOK {
			t.Errorf("not signed in: %d", r.Status)
		}
	})
}
