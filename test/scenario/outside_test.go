// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// What a mail repeated from before is for staff: whoever answers by mail may repeat what was said among
// colleagues. Neither programs nor the frame of the mail give it to anybody else.
func TestS25_WhatAMailRepeatsIsForStaff(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.do(w.agent, "web", ticket.AddParticipant{Person: w.stranger.ID})
		token := h.Links.Reply(session.Bond{Ticket: int64(w.ticket.ID), Person: int64(w.owner.ID)})
		h.Receive(w.owner.Email, []byte("From: "+w.owner.Email+"\r\nTo: "+strings.Replace(apptest.Address, "@", "+"+token+"@", 1)+"\r\nSubject: Re: ERP\r\n"+
			"Message-ID: <again@owner.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+
			"<p>already better</p><div class=\"gmail_quote\">On Monday somebody wrote:<blockquote>"+canary+"</blockquote></div>\r\n"))
		w.do(w.agent, "mail", ticket.Reply{Say: ticket.Say{Text: "表空间已扩容", Quoted: "> " + canary, Channel: ticket.Mail}})
		w.RunJobs()
		w.refresh()
		list, err := h.Tickets.Thread(t.Context(), access.Desk(), w.ticket)
		w.must(err)
		var frame string
		for _, e := range list {
			if e.Message != nil && strings.HasPrefix(e.Message.Text, "already better") {
				frame = page.MailFramePath(w.ticket.Number, e.Message.ID)
			}
		}
		api := "/api/v1/tickets/" + w.ticket.Ref()
		if !strings.Contains(h.API(w.agent).Get(api+"/messages").Body, canary) || !strings.Contains(h.SignInAs(w.agent).Get(frame).Body, canary) {
			t.Fatal("staff do not read it: this test proves nothing")
		}
		for name, p := range map[string]person.Person{"the owner": w.owner, "who takes part": w.stranger} {
			for _, at := range []string{"/messages", "/events"} {
				if r := h.API(p).Get(api + at); r.Status != http.StatusOK || strings.Contains(r.Body, canary) {
					t.Errorf("%s reads it at %s (%d)", name, at, r.Status)
				}
			}
			if r := h.SignInAs(p).Get(frame); r.Status != http.StatusNotFound {
				t.Errorf("%s gets the frame of the mail: %d", name, r.Status)
			}
		}
	})
}

// A split takes the words and files of the requester along, and the requester reads them there (N17).
func TestN17_WhatASplitTookAlongStandsInThePortal(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		file := w.stage(w.owner, "portal", "second.png", png)
		said := []string{"另外打印机也坏了", "打印机在三楼东侧", "打印机的事我们另开一单"}
		w.do(w.owner, "portal", ticket.Reply{Say: ticket.Say{Text: said[0], Channel: ticket.Portal}})
		w.do(w.owner, "portal", ticket.Reply{Say: ticket.Say{Text: said[1], Files: []string{file}, Channel: ticket.Portal}})
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: said[2]}})
		w.RunJobs()
		w.refresh()
		list, err := h.Tickets.Thread(t.Context(), access.Desk(), w.ticket)
		w.must(err)
		var along []ticket.MessageID
		for _, e := range list {
			if e.Message != nil && strings.Contains(e.Message.Text, "打印机") {
				along = append(along, e.Message.ID)
			}
		}
		after, err := h.Tickets.Do(t.Context(), apptest.Actor(w.agent, "web"), ticket.Target{ID: w.ticket.ID}, ticket.Split{Messages: along, Subject: "打印机"})
		w.must(err)
		body := h.SignInAs(w.owner).Get(fmt.Sprintf("/requests/LD-%d", after.SplitTo())).Body
		for _, s := range append(said, "second.png") {
			if !strings.Contains(body, s) {
				t.Errorf("the new request lacks %q", s)
			}
		}
	})
}

// The story of a request that came by telephone tells what was agreed: that it was read back, that they
// confirmed it, and which call was promised (N18). Under which number is not for those who take part.
func TestN18_TheStoryOfARequestTellsWhatWasAgreedByTelephone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		x, _, err := h.Tickets.Record(t.Context(), apptest.Actor(w.agent, "web"), ticket.Request{
			Requester: w.owner.ID, Channel: ticket.Phone, Say: ticket.Say{Text: "打印机不动"}, Intake: map[ticket.Element]ticket.Answer{ticket.Symptom: {Value: "打印机不动"}},
		})
		w.must(err)
		w.ticket = x
		w.do(w.agent, "web", ticket.Accept{})
		w.do(w.agent, "web", ticket.AddParticipant{Person: w.stranger.ID})
		w.do(w.agent, "web", ticket.AskReadBack{})
		w.do(w.agent, "web", ticket.PromiseCall{At: h.Clock.Now().Add(time.Hour), Number: "8009"})
		w.refresh()
		w.do(w.owner, "portal", ticket.AnswerReadBack{Right: true, Mark: w.ticket.RecordMark()})
		path := "/requests/" + w.ticket.Ref()
		mine, others := h.SignInAs(w.owner).Get(path).Body, h.SignInAs(w.stranger).Get(path).Body
		for _, s := range []string{"请您确认我们记下的内容", "您确认了我们记下的内容", "给您打电话（8009）"} {
			if !strings.Contains(mine, s) {
				t.Errorf("the story lacks %q", s)
			}
		}
		others += h.API(w.stranger).Get("/api/v1/tickets/" + w.ticket.Ref() + "/events").Body
		if !strings.Contains(others, "打印机不动") || strings.Contains(others, "8009") {
			t.Error("who takes part reads nothing, or reads the number of the requester")
		}
	})
}

// Nobody who took part is left behind where a request was merged: the way there is open to them as to
// the requester (N14, S20).
func TestN14_S20_WhoTakesPartIsLedToWhereARequestWasMerged(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.do(w.agent, "web", ticket.AddParticipant{Person: w.stranger.ID})
		into, _, err := h.Tickets.Record(t.Context(), apptest.Actor(w.owner, "portal"), ticket.Request{Requester: w.owner.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "同一件事"}})
		w.must(err)
		w.do(w.agent, "web", ticket.Merge{Into: into.ID})
		code := h.Links.Track(session.Bond{Ticket: int64(w.ticket.ID), Person: int64(w.stranger.ID)})
		at := "/requests/" + w.ticket.Ref()
		for name, body := range map[string]string{
			"the requester": h.SignInAs(w.owner).Get(at).Body, "who takes part": h.SignInAs(w.stranger).Get(at).Body, "who takes part, by link": h.Nobody().Get("/t/" + code).Body,
		} {
			_, rest, named := strings.Cut(body, "这个请求已并入 "+into.Ref())
			if !named || !strings.Contains(rest[:min(600, len(rest))], "打开</a>") {
				t.Errorf("%s is not led there (named: %v)", name, named)
			}
		}
	})
}
