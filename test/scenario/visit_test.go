// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
)

// A visit from the proposal to the signature, where the engineer has no network for most of it: the
// requester chooses by the link of the letter, what was done comes late, in order and twice, and the
// ticket tells when it was done and when it was heard of (N27).
func TestN27_AVisitOfflineAndBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		agent := w.browser("agent", w.agent)
		from := h.Clock.Now().Add(26 * time.Hour).In(time.UTC)
		zone := w.zoneOf(w.agent.Zone)
		form := url.Values{
			"mode": {"propose"}, "from_1": {from.In(zone).Format("2006-01-02T15:04")}, "from_2": {from.In(zone).Add(3 * time.Hour).Format("2006-01-02T15:04")}, "minutes": {"60"},
			"engineer": {key(w.agent.ID)}, "place": {"A座 301"}, "purpose": {"更换搓纸轮"},
		}
		if a := agent.post("/work/tickets/"+w.ticket.Ref()+"/visit", form); a.status != http.StatusSeeOther {
			t.Fatalf("proposed: %d\n%.600s", a.status, a.body)
		}
		if x := w.now(); x.Status != ticket.Pending || x.Pending != ticket.ForVisit {
			t.Fatalf("the ticket does not wait: %s %s", x.Status, x.Pending)
		}
		h.RunJobs()
		h.Advance(10 * time.Minute)
		told := false
		for _, m := range h.Mailbox(w.owner.Email) {
			told = told || strings.Contains(m.Text(), "A座 301") && strings.Contains(m.Text(), "/t/")
		}
		if !told {
			t.Error("no letter tells the requester of the times")
		}
		v := w.visit()
		holder := w.nobody()
		at := "/t/" + w.code
		if a := holder.get(at); a.status != http.StatusOK || !strings.Contains(a.body, `name="pick"`) {
			t.Fatalf("the page behind the link asks nothing: %d", a.status)
		}
		if w.visit().State != visit.Proposed {
			t.Fatal("opening the link answered")
		}
		pick := url.Values{"visit": {key(v.ID)}, "round": {strconv.FormatInt(v.Round, 10)}, "pick": {"1"}, "act": {"pick"}}
		for range 2 { // pressed twice
			if a := holder.post(at+"/visit", pick); a.status != http.StatusSeeOther {
				t.Fatalf("picked: %d\n%.600s", a.status, a.body)
			}
		}
		if v = w.visit(); v.State != visit.Agreed || !v.From.Equal(from.Truncate(time.Minute)) {
			t.Fatalf("%+v", v)
		}
		if a := w.browser("stranger", w.stranger).post("/requests/"+w.ticket.Ref()+"/visit", pick); a.status != http.StatusNotFound {
			t.Errorf("a stranger answers: %d (S20)", a.status)
		}

		// There is no network at the place. Everything arrives three hours later, and once more.
		did := h.Clock.Now().Add(26 * time.Hour)
		h.Advance(30 * time.Hour)
		queue := []struct {
			act    string
			fields url.Values
		}{
			{"start", url.Values{}},
			{"arrive", url.Values{"why": {"标签掉了"}}},
			{"finish", url.Values{"work": {"换了搓纸轮"}, "parts": {"RM2-5452"}}},
			{"sign", url.Values{"name": {"王海燕"}, "how": {"typed"}}},
		}
		if a := agent.postJSON("/work/visits/"+key(v.ID)+"/start", url.Values{"key": {"k0"}}); a.status != http.StatusUnauthorized {
			t.Fatalf("the session is over by then, and what waits is neither taken nor lost: %d %s", a.status, a.body)
		}
		agent = w.browser("agent", w.agent)
		for range 2 {
			for i, q := range queue {
				q.fields.Set("key", "k"+strconv.Itoa(i))
				q.fields.Set("did", strconv.FormatInt(did.Add(time.Duration(i)*15*time.Minute).UnixMilli(), 10))
				if a := agent.postJSON("/work/visits/"+key(v.ID)+"/"+q.act, q.fields); a.status != http.StatusOK {
					t.Fatalf("%s: %d %s", q.act, a.status, a.body)
				}
			}
		}
		if v = w.visit(); v.State != visit.Signed || !v.ArrivedAt.Equal(did.Add(15*time.Minute).Truncate(time.Millisecond)) {
			t.Fatalf("%+v", v)
		}
		deeds, err := h.Visits.Deeds(t.Context(), access.Desk(), v)
		w.must(err)
		late := 0
		for _, d := range deeds {
			if d.At.Sub(d.Did) > time.Hour {
				late++
			}
		}
		if len(deeds) != 6 || late != 4 {
			t.Errorf("%d deeds, %d of them heard of late: %+v", len(deeds), late, deeds)
		}
		if x := w.now(); x.Status != ticket.Opened {
			t.Errorf("the ticket is %s", x.Status)
		}
		if a := agent.get("/work/tickets/" + w.ticket.Ref()); a.status != http.StatusOK || !strings.Contains(a.body, "RM2-5452") {
			t.Errorf("the ticket tells nothing of the parts: %d", a.status)
		}
	})
}

// The same key is the same act, however late it arrives: a program that heard no answer may send it again.
func TestN27_AVisitUnderOneKeyIsMadeOnceHoweverLate(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		api, at := h.API(w.agent), "/api/v1/tickets/"+w.ticket.Ref()+"/visits"
		from := h.Clock.Now().Add(26 * time.Hour)
		body := func(key string) string {
			return fmt.Sprintf(`{"key":%q,"fixed":true,"times":[{"from":%q,"to":%q}],"place":"A座 301"}`, key, from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339))
		}
		for _, key := range []string{"first", "first", "second"} { // another key is another visit
			if r := api.JSON(http.MethodPost, at, body(key)); r.Status >= http.StatusBadRequest {
				t.Fatalf("%s: %d %s", key, r.Status, r.Body)
			}
			h.Advance(2 * time.Minute)
		}
		if n := strings.Count(api.Get(at).Body, `"round"`); n != 2 {
			t.Errorf("%d visits of two keys", n)
		}
	})
}

// The same by a program, with the same gates: a spoken request is read back before anybody sets out.
func TestN27_AVisitByAPIPassesTheSameGates(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		by := apptest.Actor(w.agent, "phone")
		spoken, _, err := h.Tickets.Record(t.Context(), by, ticket.Request{Requester: w.owner.ID, Channel: ticket.Phone, Say: ticket.Say{Text: "显示器不亮"}})
		w.must(err)
		_, err = h.Tickets.Do(t.Context(), by, ticket.Target{ID: spoken.ID}, ticket.Accept{})
		w.must(err)
		agent := h.API(w.agent)
		from := h.Clock.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
		to := h.Clock.Now().Add(3 * time.Hour).UTC().Format(time.RFC3339)
		body := `{"fixed":true,"times":[{"from":"` + from + `","to":"` + to + `"}],"place":"A座 301"}`
		at := "/api/v1/tickets/" + key(spoken.Number) + "/visits"
		if r := agent.JSON(http.MethodPost, at, body); r.Status != http.StatusConflict || !strings.Contains(r.Body, "N18") {
			t.Fatalf("before it is read back: %d %s", r.Status, r.Body)
		}
		_, err = h.Tickets.Do(t.Context(), by, ticket.Target{ID: spoken.ID}, ticket.ReadBackWith{Items: []ticket.Element{ticket.Symptom}})
		w.must(err)
		r := agent.JSON(http.MethodPost, at, body)
		if r.Status != http.StatusCreated || !strings.Contains(r.Body, `"agreed"`) {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		list, err := h.Visits.Of(t.Context(), access.Desk(), w.reread(spoken))
		w.must(err)
		act := func(act, body string) apptest.Reply {
			return agent.JSON(http.MethodPost, "/api/v1/visits/"+key(list[0].ID)+"/"+act, body)
		}
		if r := act("finish", `{"work":"x"}`); r.Status != http.StatusConflict {
			t.Errorf("out of turn: %d %s", r.Status, r.Body)
		}
		for _, x := range [][2]string{{"start", `{"key":"a"}`}, {"start", `{"key":"a"}`}, {"arrive", `{"why":"标签掉了"}`}, {"sign", `{"work":"换线","how":"none","why":"用户在开会"}`}} {
			if r := act(x[0], x[1]); r.Status != http.StatusOK {
				t.Fatalf("%s: %d %s", x[0], r.Status, r.Body)
			}
		}
		if r := h.API(w.owner).JSON(http.MethodGet, at, ""); r.Status != http.StatusOK || strings.Contains(r.Body, "用户在开会") {
			t.Errorf("what staff wrote is read by the requester: %d %s", r.Status, r.Body)
		}
	})
}

// A visit that is sent several times at one moment is one: whoever comes second waits for the first,
// and finds what they would make.
func TestN27_AVisitSentTwiceAtOnceIsOne(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		for round := range 5 {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if _, err := w.going(5 + round); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		if list := w.column(`SELECT token FROM visit`); len(list) != 5 {
			t.Errorf("%d visits of 5", len(list))
		}
	})
}

// A file of devices, looked at, applied, applied again; and a label that leads to a request.
func TestN8_DevicesByAFileAndByALabel(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		admin := w.browser("admin", w.admin)
		upload := func(text string) string {
			a := admin.sendFile("/admin/devices/imports", "file", "devices.csv", text)
			if a.status != http.StatusSeeOther {
				t.Fatalf("uploaded: %d\n%.600s", a.status, a.body)
			}
			return a.header.Get("Location")
		}
		text := "资产编号,设备类型,使用人,园区,房间\nNB-1,笔记本," + w.owner.Email + ",苏州,301\nNB-2,茶壶,,苏州,302\n"
		at := upload(text)
		if a := admin.get(at); !strings.Contains(a.body, "茶壶") || !strings.Contains(a.body, "NB-1") {
			t.Errorf("the preview: %.2000s", a.body)
		}
		if a := admin.post(at, url.Values{}); a.status != http.StatusConflict {
			t.Errorf("applied with a wrong line: %d", a.status)
		}
		if a := admin.post(at, url.Values{"leave": {"yes"}}); a.status != http.StatusSeeOther {
			t.Errorf("applied: %d", a.status)
		}
		if a := admin.get(upload(text)); !strings.Contains(a.body, "不变 1") && !strings.Contains(a.body, "Same 1") {
			t.Error("a second time something is to be done")
		}
		list, _, err := h.Devices.List(t.Context(), access.Desk(), device.Filter{})
		w.must(err)
		if len(list) != 1 || list[0].Owner != w.owner.ID {
			t.Fatalf("%+v", list)
		}
		// Strangers learn nothing, not even whether there is such a code (S22).
		known, unknown := w.nobody().get("/q/"+list[0].Token), w.nobody().get("/q/aaaaaaaaaaaaaaaaaaaaaaaaaa")
		if known.status != http.StatusSeeOther || unknown.status != known.status || known.body != unknown.body {
			t.Errorf("%d and %d", known.status, unknown.status)
		}
		owner := w.browser("owner", w.owner)
		if a := owner.get("/q/" + list[0].Token); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/new?device=") {
			t.Fatalf("%d %s", a.status, a.header.Get("Location"))
		}
		if a := owner.post("/new", url.Values{"text": {"键盘有几个键不灵"}, "device": {list[0].Token}}); a.status != http.StatusSeeOther {
			t.Fatalf("%d %.400s", a.status, a.body)
		}
		about, err := h.Devices.TicketsOf(t.Context(), access.Desk(), list[0].ID, 5)
		w.must(err)
		if len(about) != 1 || about[0].Requester != w.owner.ID {
			t.Errorf("%+v", about)
		}
	})
}

// postJSON sends a form as the queue of a browser does.
func (v *visitor) postJSON(path string, form url.Values) answer {
	v.Helper()
	return v.send(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}})
}

// sendFile sends a form of one file.
func (v *visitor) sendFile(path, field, name, text string) answer {
	v.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile(field, name)
	v.must(err)
	_, err = part.Write([]byte(text))
	v.must(err)
	v.must(m.Close())
	return v.send(http.MethodPost, path, &body, http.Header{"Content-Type": {m.FormDataContentType()}})
}

// zoneOf is the zone of somebody, else the desk's.
func (w *world) zoneOf(name string) *time.Location {
	w.Helper()
	if name == "" {
		name = w.Settings.Desk(w.Context()).Zone
	}
	l, err := time.LoadLocation(name)
	w.must(err)
	return l
}

func (w *world) reread(t ticket.Ticket) ticket.Ticket {
	w.Helper()
	t, err := w.Tickets.Get(w.Context(), access.Desk(), ticket.Target{ID: t.ID})
	w.must(err)
	return t
}
