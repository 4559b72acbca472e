// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

// TestF38_LettersOfNoTicketOutliveAnOutage: the mail server takes nothing for hours when news, the monthly
// report and a summary are due. They are tried again as the letters of tickets are, and each arrives once.
func TestF38_LettersOfNoTicketOutliveAnOutage(t *testing.T) {
	t.Parallel()
	for _, outage := range []time.Duration{10 * time.Minute, 30 * time.Hour} {
		t.Run(outage.String(), func(t *testing.T) {
			t.Parallel()
			apptest.Each(t, func(t *testing.T, h *apptest.House) {
				w := build(t, h, "")
				h.RunJobs()
				server, _, err := setting.Load(t.Context(), h.Settings, notify.MailingName, notify.StartMailing())
				w.must(err)
				sends := func(through int64) {
					m := server
					m.Port = through
					w.must(setting.Save(t.Context(), h.Settings, access.Desk(), notify.MailingName, m, setting.AnyVersion))
				}
				sends(porttest.Free(t))
				w.must(h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					line := notify.SummaryLine{Ticket: w.ticket.ID, Key: "inbox.did_ticket_vendor_silent", At: h.Clock.Now()}
					if err := h.Notices.Summarize(ctx, tx, w.agent.ID, []notify.SummaryLine{line}); err != nil {
						return err
					}
					if err := h.Notices.Tell(ctx, tx, w.stranger.ID, "1", notify.News{Title: "周日维护"}); err != nil {
						return err
					}
					return h.Notices.Tell(ctx, tx, w.lead.ID, "month.2026-03", notify.News{Title: "2026-03", Path: "/work/month", Figures: []notify.Figure{{Key: "score.tickets", Text: "7"}}})
				}))
				for range outage / (5 * time.Minute) {
					_, _ = h.Jobs.RunDue(t.Context())
					h.Clock.Advance(5 * time.Minute)
				}
				sends(server.Port)
				for range 5 {
					h.Advance(time.Hour)
				}
				for _, x := range []struct {
					who  person.Person
					says string
				}{{w.agent, "供应商没有按时答复"}, {w.stranger, "周日维护"}, {w.lead, "2026-03"}} {
					n := 0
					for _, m := range h.Mailbox(x.who.Email) {
						if strings.Contains(m.Text(), x.says) || strings.Contains(m.Header("Subject"), x.says) {
							n++
						}
					}
					if n != 1 {
						t.Errorf("%d letters of %s; dead jobs: %v", n, x.says, w.column(`SELECT kind FROM job WHERE state = 2`))
					}
				}
			})
		})
	}
}

// TestF38_ALetterThatIsSentAgainWaitsForNothing: in quiet hours something urgent took a letter along, and
// it was refused. Whoever sends it again does not wait for the end of the hours, at which it was to go.
func TestF38_ALetterThatIsSentAgainWaitsForNothing(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		ctx, by := t.Context(), apptest.Actor(w.agent, "web")
		// It is 09:00 in Shanghai.
		w.must(setting.Save(ctx, h.Settings, access.Desk(), notify.PaceName, notify.Pace{Quiet: notify.Hours{From: 8 * 60, To: 18 * 60}}, setting.AnyVersion))
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "在看了"}})
		h.RunJobs()
		w.do(w.agent, "web", ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Impaired}, Override: triage.P1, Reason: "月末"})
		h.Mail.Refuse(mailtest.AtReceiver, 1, 550, "no such mailbox")
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "都停了，正在处理"}})
		h.Advance(time.Minute)
		words := func() (n int) {
			for _, m := range h.Mailbox(w.owner.Email) {
				if strings.Contains(m.Text(), "在看了") {
					n++
				}
			}
			return n
		}
		refused := 0
		log, err := h.Notices.ForTicket(ctx, by, w.now())
		w.must(err)
		for _, d := range log {
			if d.State == notify.Failed {
				refused++
				w.must(h.Notices.Retry(ctx, by, w.now(), d.ID))
			}
		}
		if refused != 1 {
			t.Fatalf("%d letters were refused", refused)
		}
		h.Advance(5 * time.Minute)
		if n := words(); n != 1 {
			t.Errorf("%d letters, minutes after it was sent again", n)
		}
		h.Advance(12 * time.Hour)
		if n := words(); n != 1 {
			t.Errorf("%d letters after the quiet hours", n)
		}
	})
}

// TestF39_TheMonthlyReportGoesOutOnce: the job that brings it is cut off after the letters left, before it
// was marked as done, and runs again.
func TestF39_TheMonthlyReportGoesOutOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.must(h.Scores.MailMonth(t.Context(), apptest.Actor(w.lead, "web"), true))
		w.must(h.Scores.Ensure(t.Context()))
		letters := func() (n int) {
			for _, m := range h.Mailbox(w.lead.Email) {
				if strings.Contains(m.Header("Subject"), "服务月报") {
					n++
				}
			}
			return n
		}
		h.Clock.Advance(32 * 24 * time.Hour)
		h.RunJobs()
		if n := letters(); n != 1 {
			t.Fatalf("%d letters of the month", n)
		}
		w.statement(`UPDATE job SET run_at = 0, due_at = 0 WHERE kind = 'score:month'`)
		h.RunJobs()
		if n := letters(); n != 1 {
			t.Errorf("%d letters of the month after its job ran again", n)
		}
		h.Clock.Advance(31 * 24 * time.Hour)
		h.RunJobs()
		if n := letters(); n != 2 {
			t.Errorf("%d letters of two months", n)
		}
	})
}
