// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// TestN21_ADeviceGoesToWhomItNames: of two of one name neither is guessed; an address says whom.
func TestN21_ADeviceGoesToWhomItNames(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		first := h.Add(person.Person{Name: "王伟", Email: "wangwei1@c.example", Role: access.Requester, Active: true})
		h.Add(person.Person{Name: "王伟", Email: "wangwei2@c.example", Role: access.Requester, Active: true})
		only := h.Add(person.Person{Name: "欧阳若兰", Email: "ouyang@c.example", Role: access.Requester, Active: true})
		h.Add(person.Person{Name: "欧阳若兰的助理", Email: "assistant@c.example", Role: access.Requester, Active: true})
		admin := h.SignIn(access.Admin)
		const at = "/work/devices/new/edit"
		form := func(tag, owner string) apptest.Reply {
			f := shownForm(t, admin.Get(at).Body, at)
			f.Set("tag", tag)
			f.Set("kind", string(device.Laptop))
			f.Set("owner", owner)
			return admin.Post(at, f)
		}
		if r := form("NB-1", "王伟"); r.Status != http.StatusUnprocessableEntity || shownForm(t, r.Body, at).Get("owner") != "王伟" {
			t.Errorf("one of two was guessed: %d", r.Status)
		}
		for tag, tt := range map[string]struct {
			owner string
			want  person.ID
		}{"NB-2": {"WangWei1@c.example", first.ID}, "NB-3": {"欧阳若兰", only.ID}} {
			if r := form(tag, tt.owner); r.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", tt.owner, r.Status, alerts(r.Body))
			}
			list, _, err := h.Devices.List(t.Context(), access.Desk(), device.Filter{Text: tag})
			if err != nil || len(list) != 1 || list[0].Owner != tt.want {
				t.Errorf("%s: %+v %v", tt.owner, list, err)
			}
		}
	})
}

// TestN27_AVisitByProgramIsAtADeviceThatIsThere: one at a device that nobody knows is refused by its field, where
// it is proposed and where it is moved, and no visit comes of it.
func TestN27_AVisitByProgramIsAtADeviceThatIsThere(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		ref := strings.TrimPrefix(h.SignIn(access.Requester).Post("/new", url.Values{"text": {"打印机卡纸"}}).Location(), "/requests/")
		h.SignIn(access.Agent).Post(workspace.TicketsPath+ref+"/accept", nil)
		agent := door{t, h.API(h.Person(access.Agent))}
		printer, err := h.Devices.Save(t.Context(), access.Desk(), device.Device{Tag: "PRN-1", Kind: device.Printer}, 0)
		if err != nil {
			t.Fatal(err)
		}
		at := "/tickets/" + ref + "/visits"
		visit := m{"fixed": true, "times": []m{{"from": "2026-03-03T02:00:00Z", "to": "2026-03-03T03:00:00Z"}}, "place": "3F", "device": 999999}
		const refusal = "device.not_found device device.not_found"
		agent.refused("POST", at, visit, http.StatusUnprocessableEntity, refusal)
		if a, _ := agent.ask("GET", at, nil, http.StatusOK); len(rows(a["items"])) != 0 {
			t.Errorf("a visit was made: %v", a)
		}
		visit["device"] = int64(printer.ID)
		made, _ := agent.ask("POST", at, visit, http.StatusCreated)
		if made["device"] != float64(printer.ID) {
			t.Errorf("at the device: %v", made)
		}
		visit["device"] = 999999
		agent.refused("POST", fmt.Sprintf("/visits/%v/fix", made["id"]), visit, http.StatusUnprocessableEntity, refusal)
	})
}
