// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
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

	if r := owner.Post(at+"/add-participant", url.Values{"person": {"nobody@example.test"}}); r.Status != http.StatusSeeOther {
		t.Errorf("an unknown address: %d", r.Status)
	}
	if r := owner.Post(at+"/add-participant", url.Values{"person": {"no address"}}); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("no address: %d", r.Status)
	}
	if r := guest.Get(at); r.Status != http.StatusNotFound {
		t.Fatalf("before: %d", r.Status)
	}
	if r := owner.Post(at+"/add-participant", url.Values{"person": {colleague.Email}}); r.Status != http.StatusSeeOther {
		t.Fatalf("add: %d\n%s", r.Status, r.Body)
	}
	r := owner.Get(at)
	if !strings.Contains(r.Body, colleague.Email) || !strings.Contains(r.Body, "nobody@example.test") || !strings.Contains(r.Body, "remove-participant") {
		t.Error("the requester does not see whom they asked for")
	}
	if strings.Contains(r.Body, colleague.Name) { // whom the desk knows is nobody's business (S24)
		t.Error("an address is answered with a name")
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
	who := url.Values{"address": {colleague.Email}}
	if r := owner.Post(at+"/remove-participant", who); r.Status != http.StatusSeeOther {
		t.Errorf("remove: %d", r.Status)
	}
	if r := guest.Get(at); r.Status != http.StatusNotFound {
		t.Errorf("after: %d", r.Status)
	}
}

// TestS20_S30_WhoTakesPartLeavesWithOnePress: the link of their letter opens the request with the
// button; opening it changes nothing, the press ends it and says so.
func TestS20_S30_WhoTakesPartLeavesWithOnePress(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	colleague := h.Somebody(access.Requester)
	add := url.Values{"person": {colleague.Email}}
	owner, guest, at := h.SignIn(access.Requester), h.SignInAs(colleague), "/requests/"+v.Ref()
	owner.Post(at+"/add-participant", add)
	nobody := h.Nobody()
	link := "/t/" + h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(colleague.ID)})
	for range 2 {
		if r := nobody.Get(link); r.Status != http.StatusOK || !strings.Contains(r.Body, link+`/leave"`) {
			t.Fatalf("the link: %d", r.Status)
		}
	}
	if r := nobody.Get(link + "/leave"); r.Status != http.StatusSeeOther || r.Location() != link+"#leave" { // a mail program that opens what it should press
		t.Errorf("leave by a link: %d to %s", r.Status, r.Location())
	}
	if r := nobody.Post(link+"/leave", url.Values{"List-Unsubscribe": {"One-Click"}}); r.Status != http.StatusOK || !strings.Contains(r.Body, "您已退出 "+v.Ref()) {
		t.Errorf("leave: %d\n%s", r.Status, r.Body)
	}
	for name, r := range map[string]apptest.Reply{"link": nobody.Get(link), "portal": guest.Get(at), "again": nobody.Post(link+"/leave", url.Values{})} {
		if r.Status != http.StatusNotFound {
			t.Errorf("%s afterwards: %d", name, r.Status)
		}
	}
	if r := owner.Post(at+"/leave", url.Values{}); r.Status != http.StatusConflict {
		t.Errorf("the requester leaves: %d", r.Status)
	}
}

// TestS14_S30_WhoNeverAskedStopsTheLettersWithOnePress: the link of an acknowledgement opens the
// request with the button; opening it changes nothing, and the press is taken back on the same page.
func TestS14_S30_WhoNeverAskedStopsTheLettersWithOnePress(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Receive("victim@outside.example", []byte("From: victim@outside.example\r\nTo: "+apptest.Address+"\r\nSubject: not mine\r\n\r\nnot mine\r\n"))
	box := h.Mailbox("victim@outside.example")
	if len(box) != 1 || !strings.Contains(box[0].Text(), "/t/") || !strings.Contains(box[0].HTML(), "#stop") {
		t.Fatalf("%d letters", len(box))
	}
	press := strings.Trim(box[0].Header("List-Unsubscribe"), "<>")
	link := strings.TrimPrefix(strings.TrimSuffix(press, "/stop"), h.URL)
	nobody := h.Nobody()
	for range 2 { // a mail program that opens what it should press
		if r := nobody.Get(link + "/stop"); r.Status != http.StatusSeeOther || r.Location() != link+"#stop" {
			t.Fatalf("by a link: %d to %s", r.Status, r.Location())
		}
	}
	if r := nobody.Get(link); !strings.Contains(r.Body, "不再发自动邮件") || strings.Contains(r.Body, `name="again"`) {
		t.Error("opening it changed something")
	}
	if r := nobody.Post(link+"/stop", url.Values{"List-Unsubscribe": {"One-Click"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("the press: %d", r.Status)
	}
	if r := nobody.Get(link); !strings.Contains(r.Body, `name="again"`) {
		t.Error("the page does not say that it is stopped")
	}
	if r := nobody.Post(link+"/stop", url.Values{"again": {"1"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("taken back: %d", r.Status)
	}
	if r := nobody.Get(link); strings.Contains(r.Body, `name="again"`) {
		t.Error("it was not taken back")
	}
	stranger := h.Nobody()
	if r := stranger.Post(strings.Replace(link, "-", "-x", 1)+"/stop", url.Values{}); r.Status != http.StatusNotFound {
		t.Errorf("a link that nobody signed: %d", r.Status)
	}
}
