// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS09_NobodyHandsMailInOverHTTP: where other desks take mail over the web, this one has no door.
// Whoever tries makes no ticket, is told nothing of one, and hears the same whether or not the ticket
// that they name is there. The one signed hook that there is takes no mail.
func TestS09_NobodyHandsMailInOverHTTP(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.Receive("li@outside.example", []byte("From: li@outside.example\r\nTo: "+apptest.Address+"\r\nSubject: quarterly figures\r\n\r\nsecret words\r\n"))
		count := func() int {
			list, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			return len(list.Tickets)
		}
		if count() != 1 {
			t.Fatalf("%d tickets", count())
		}
		mail := func(ref string) string {
			return "From: eve@outside.example\r\nTo: " + apptest.Address + "\r\nSubject: [" + ref + "] hello\r\n\r\nwords\r\n"
		}
		for _, at := range []string{
			"/REST/1.0/NoAuth/mail-gateway", "/mail", "/mail/deliver", "/mail-gateway", "/api/tickets.email", "/api/v1/mail", "/api/v1/inbound", "/api/v1/tickets",
			"/hooks/mail", "/hooks/inbound", "/hooks/cti", "/incoming", "/inbound", "/webhook/mail", "/otobo/nph-genericinterface.pl", "/api/v1/channels/email",
		} {
			for _, kind := range []string{"message/rfc822", "application/octet-stream", "application/x-www-form-urlencoded"} {
				visitor := h.Nobody()
				there := visitor.Send(http.MethodPost, at, strings.NewReader(mail("LD-1001")), http.Header{"Content-Type": {kind}})
				gone := visitor.Send(http.MethodPost, at, strings.NewReader(mail("LD-9999")), http.Header{"Content-Type": {kind}})
				if there.Status < 400 || there.Status >= 500 {
					t.Errorf("%s as %s: %d", at, kind, there.Status)
				}
				if there.Status != gone.Status || strings.ReplaceAll(there.Body, "LD-1001", "") != strings.ReplaceAll(gone.Body, "LD-9999", "") {
					t.Errorf("%s as %s answers by what is there: %d %q, %d %q", at, kind, there.Status, there.Body, gone.Status, gone.Body)
				}
				for _, told := range []string{"quarterly", "secret words", "li@outside"} {
					if strings.Contains(there.Body, told) {
						t.Errorf("%s tells %q", at, told)
					}
				}
			}
		}
		h.RunJobs()
		if n := count(); n != 1 {
			t.Errorf("%d tickets afterwards", n)
		}
	})
}
