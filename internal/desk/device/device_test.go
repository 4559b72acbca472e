// SPDX-License-Identifier: Apache-2.0

package device_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func tags(list []device.Device) (out []string) {
	for _, d := range list {
		out = append(out, d.Tag)
	}
	return out
}

func TestN8_ADeviceIsFoundByTagSerialModelAndOwner(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.device(device.Device{Tag: "NB-0231", Kind: device.Laptop, Model: "ThinkPad X1", Serial: "PF-3K 21X", Owner: r.wang.ID})
		r.device(device.Device{Tag: "PRN-3F-02", Kind: device.Printer, Model: "100%_quick", Serial: "VNB3"})
		for text, want := range map[string][]string{
			"nb0231": {"NB-0231"}, "pf3k21x": {"NB-0231"}, "thinkpad": {"NB-0231"}, "wanghaiyan": {"NB-0231"}, "why": {"NB-0231"}, "王海": {"NB-0231"},
			"3f": {"PRN-3F-02"}, "%_": {"PRN-3F-02"}, "没有": nil, "": {"NB-0231", "PRN-3F-02"},
		} {
			list, more, err := r.List(t.Context(), r.agent, device.Filter{Text: text})
			if err != nil || more {
				t.Fatal(more, err)
			}
			if d := cmp.Diff(want, tags(list)); d != "" {
				t.Errorf("%q: %s", text, d)
			}
		}
		first, more, err := r.List(t.Context(), r.agent, device.Filter{Limit: 1})
		if err != nil || !more || len(first) != 1 {
			t.Fatalf("%v %v %v", tags(first), more, err)
		}
		rest, more, err := r.List(t.Context(), r.agent, device.Filter{Limit: 1, After: first[0].Tag})
		if d := cmp.Diff([]string{"PRN-3F-02"}, tags(rest)); d != "" || more || err != nil {
			t.Error(d, more, err)
		}
	})
}

func TestN8_ATagAndASerialNumberAreOneDevicesEach(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		d := r.device(device.Device{Tag: "NB-1", Kind: device.Laptop, Serial: "S-1"})
		_, err := r.Save(t.Context(), r.agent, device.Device{Tag: "nb 1"}, 0)
		field(t, "the same tag otherwise written", err, "tag", "device.tag_taken")
		_, err = r.Save(t.Context(), r.agent, device.Device{Tag: "NB-2", Serial: "s1"}, 0)
		field(t, "the same serial number", err, "serial", "device.serial_used")
		_, err = r.Save(t.Context(), r.agent, device.Device{Tag: " - "}, 0)
		field(t, "a tag of nothing", err, "tag", "device.tag_length")
		_, err = r.Save(t.Context(), r.agent, device.Device{Tag: "x", Bought: "2026-02-30"}, 0)
		field(t, "no day", err, "bought", "device.day_shape")
		_, err = r.Save(t.Context(), r.agent, device.Device{Tag: "x", Bought: "2026/2/3", Warranty: "2025年2月3日"}, 0)
		field(t, "over before it began", err, "warranty", "device.warranty_before")
		d.Note = "屏幕有划痕"
		if d, err = r.Save(t.Context(), r.agent, d, d.Version); err != nil || d.Version != 2 {
			t.Fatalf("%+v %v", d, err)
		}
		if _, err = r.Save(t.Context(), r.agent, d, 1); errs.KindOf(err) != errs.Invalid && errs.KindOf(err) != errs.Stale {
			if err != nil {
				t.Error(err)
			}
		}
		d.Note = "another"
		if _, err = r.Save(t.Context(), r.agent, d, 1); errs.KindOf(err) != errs.Stale {
			t.Errorf("an old version: %v", err)
		}
	})
}

func TestN8_ATicketKnowsItsDevicesAndADeviceItsTickets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		d := r.device(device.Device{Tag: "PRN-1", Kind: device.Printer, Model: "M404"})
		x := r.ticket()
		x, err := r.Tie(t.Context(), r.agent, ticket.Target{ID: x.ID}, d.ID)
		if diff := cmp.Diff([]ticket.Tied{{ID: int64(d.ID), Tag: "PRN-1", Label: "M404"}}, x.Detail.Devices); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		if _, err = r.Tie(t.Context(), r.agent, ticket.Target{ID: x.ID}, d.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("twice: %v", err)
		}
		list, err := r.TicketsOf(t.Context(), r.agent, d.ID, 10)
		if err != nil || len(list) != 1 || list[0].ID != x.ID {
			t.Fatalf("%+v %v", list, err)
		}
		again, err := r.tickets.Rebuilt(t.Context(), x.ID)
		if diff := cmp.Diff(x.Detail.Devices, again.Detail.Devices); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if x, err = r.Untie(t.Context(), r.agent, ticket.Target{ID: x.ID}, d.ID); err != nil || len(x.Detail.Devices) != 0 {
			t.Fatalf("%+v %v", x.Detail.Devices, err)
		}
		if list, err = r.TicketsOf(t.Context(), r.agent, d.ID, 10); err != nil || len(list) != 0 {
			t.Errorf("%+v %v", list, err)
		}
		if _, err = r.Tie(t.Context(), r.asker, ticket.Target{ID: x.ID}, d.ID); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester ties by key: %v", err)
		}
	})
}

func TestS22_ALabelLeadsToItsDeviceAndTellsStrangersNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		room, err := r.SavePlace(t.Context(), r.agent, device.Place{Site: "苏州园区", Building: "A座", Room: "301"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := r.device(device.Device{Tag: "PRN-1", Kind: device.Printer, Place: room})
		for _, token := range []string{d.Token, room.Token, "x", "aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
			if _, err := r.Scan(t.Context(), access.Actor{}, token); errs.KindOf(err) != errs.Unauthenticated {
				t.Errorf("a stranger learns something of %s: %v", token, err)
			}
		}
		if l, err := r.Scan(t.Context(), r.asker, d.Token); err != nil || l.IsRoom() || l.Device.ID != d.ID || l.Place.ID != room.ID {
			t.Errorf("%+v %v", l, err)
		}
		if l, err := r.Scan(t.Context(), r.asker, room.Token); err != nil || !l.IsRoom() || l.Place.ID != room.ID {
			t.Errorf("%+v %v", l, err)
		}
		cmds := r.About(t.Context(), r.asker, d.Token)
		x, _, err := r.tickets.Record(t.Context(), r.asker, ticket.Request{Requester: r.wang.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "卡纸"}}, cmds...)
		if err != nil || !x.IsAbout(int64(d.ID)) {
			t.Fatalf("%+v %v", x.Detail.Devices, err)
		}
		again, err := r.NewLabel(t.Context(), r.agent, d.ID)
		if err != nil || again.Token == d.Token {
			t.Fatalf("%v", err)
		}
		if _, err = r.Scan(t.Context(), r.asker, d.Token); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the label that went astray: %v", err)
		}
		again.State = device.Retired
		if _, err := r.Save(t.Context(), r.agent, again, 0); err != nil {
			t.Fatal(err)
		}
		if cmds := r.About(t.Context(), r.asker, again.Token); len(cmds) != 0 {
			t.Errorf("a retired device is what the request is about: %v", cmds)
		}
	})
}

// TestF54_OfManyWhoChangeADeviceAtOnceOneDoes: all saw the same version; the others learn that it is
// an old one.
func TestF54_OfManyWhoChangeADeviceAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		d := r.device(device.Device{Tag: "NB-1", Kind: device.Laptop})
		var wait sync.WaitGroup
		var taken atomic.Int64
		begin := make(chan struct{})
		for n := range 20 {
			wait.Go(func() {
				<-begin
				x := d
				x.Note = fmt.Sprint("n", n)
				_, err := r.Save(t.Context(), r.agent, x, d.Version)
				switch {
				case err == nil:
					taken.Add(1)
				case errs.KindOf(err) != errs.Stale:
					t.Error(err)
				}
			})
		}
		close(begin)
		wait.Wait()
		now, err := r.Get(t.Context(), r.agent, d.ID)
		if err != nil || taken.Load() != 1 || now.Version != d.Version+1 {
			t.Errorf("%d changes of one version were taken; it is %d: %v", taken.Load(), now.Version, err)
		}
	})
}
