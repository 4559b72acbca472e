// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// TestS20_N35_AColleagueTakesPart: named by the requester by address, sees whose request it is,
// adds words, and is offered nothing that answers for the requester.
func TestS20_N35_AColleagueTakesPart(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	owner, colleague := h.SignIn(access.Requester), h.Somebody(access.Requester)
	guest, at := h.SignInAs(colleague), "/requests/"+v.Ref()
	asker := h.Person(access.Requester).Name

	if r := owner.Post(at+"/add-participant", url.Values{"person": {"nobody@example.test"}}); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown address: %d", r.Status)
	}
	if r := guest.Get(at); r.Status != http.StatusNotFound {
		t.Fatalf("before: %d", r.Status)
	}
	if r := owner.Post(at+"/add-participant", url.Values{"person": {colleague.Email}}); r.Status != http.StatusSeeOther {
		t.Fatalf("add: %d\n%s", r.Status, r.Body)
	}
	if r := owner.Get(at); !strings.Contains(r.Body, colleague.Name) || !strings.Contains(r.Body, "remove-participant") {
		t.Error("the requester does not see who takes part")
	}
	page := guest.Get(at)
	for _, want := range []string{"这是" + asker + "的请求", "等提交人确认", asker + "提交了请求", at + "/reply"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, other := range []string{"/confirm\"", "/reject\"", "/cancel\"", "/reopen\"", "/add-participant\"", "/remove-participant\""} {
		if strings.Contains(page.Body, at+other) {
			t.Errorf("%s is offered", other)
		}
	}
	for _, path := range []string{"/", "/requests", "/requests?q=" + url.QueryEscape(v.Subject)} {
		if r := guest.Get(path); !strings.Contains(r.Body, v.Ref()) || strings.Contains(r.Body, at+"/confirm") || !strings.Contains(r.Body, "参与 · "+asker) {
			t.Errorf("%s does not mark it", path)
		}
	}
	if r := guest.Post(at+"/confirm", url.Values{"solution": {"1"}}); r.Status != http.StatusForbidden {
		t.Errorf("confirms for the requester: %d", r.Status)
	}
	if r := guest.Post(at+"/reply", url.Values{"text": {"我这里也好了"}}); r.Status != http.StatusSeeOther {
		t.Errorf("reply: %d", r.Status)
	}
	who := url.Values{"person": {strconv.FormatInt(int64(colleague.ID), 10)}}
	if r := owner.Post(at+"/remove-participant", who); r.Status != http.StatusSeeOther {
		t.Errorf("remove: %d", r.Status)
	}
	if r := guest.Get(at); r.Status != http.StatusNotFound {
		t.Errorf("after: %d", r.Status)
	}
}
