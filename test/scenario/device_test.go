// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
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
