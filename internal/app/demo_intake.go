// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// demoAsked is how many open requests of the sample wait for answers; the first has one already.
const demoAsked = 2

// takeIn shows intake while it goes on, at the end of the sample's past: rules of routing, requests
// that were asked for what is missing, a call that its caller has not confirmed yet with another
// call promised, and what the desk's own model suggests.
func (h *House) takeIn(ctx context.Context, c *cast) error {
	if err := h.routeDemo(ctx, c); err != nil {
		return err
	}
	agent := c.staff["chen.li@qinglan.example"]
	by := access.Actor{ID: int64(agent.ID), Kind: access.Person, Role: agent.Role, Via: "web"}
	if err := h.askDemo(ctx, by); err != nil {
		return err
	}
	if err := h.callDemo(ctx, c, by); err != nil {
		return err
	}
	return h.Suggest.Relearn(ctx)
}

// routeDemo saves the rules by which new requests find their group.
func (h *House) routeDemo(ctx context.Context, c *cast) error {
	for _, r := range []routing.Rule{
		{Name: "网络与远程接入 · Network and VPN", Condition: `has("VPN") or has("WiFi") or has("无线")`, Group: c.groups["网络组"], Active: true},
		{Name: "ERP 与报表 · ERP and reports", Condition: `has("ERP") or has("报表") or has("ORA-")`, Group: c.groups["系统组"], Active: true},
	} {
		if _, err := h.Routing.Save(ctx, access.Desk(), r, 0); err != nil {
			return fmt.Errorf("demo: rule %s: %w", r.Name, err)
		}
	}
	return nil
}

// askDemo asks the requesters of open tickets for what their record lacks.
func (h *House) askDemo(ctx context.Context, by access.Actor) error {
	page, err := h.Tickets.List(ctx, by, ticket.Filter{View: ticket.Risk, Status: ticket.Opened, Limit: 100})
	if err != nil {
		return err
	}
	asked := 0
	for _, t := range page.Tickets {
		if t, err = h.Tickets.Get(ctx, by, ticket.Target{ID: t.ID}); err != nil {
			return err
		}
		var lacks []ticket.Element
		for _, e := range ticket.Elements() {
			if !t.Detail.Intake[e].Filled() {
				lacks = append(lacks, e)
			}
		}
		if len(lacks) < 2 || t.FirstResponseAt.IsZero() || asked == demoAsked {
			continue
		}
		who := h.People.Card(ctx, t.Requester)
		if _, err := h.Tickets.Do(ctx, by, ticket.Target{ID: t.ID}, ticket.Ask{Elements: lacks, Lang: h.Tickets.LangOf(who), Channel: ticket.Web}); err != nil {
			return fmt.Errorf("demo: ask about %s: %w", t.Ref(), err)
		}
		if asked++; asked > 1 || lacks[0] != ticket.Since {
			continue
		}
		own := access.Actor{ID: int64(who.ID), Kind: access.Person, Role: who.Role, Via: "portal"}
		value := map[string]string{"zh-CN": "昨天下班前", "en": "yesterday, end of the day"}[who.Lang]
		answer := ticket.Answering{Elements: map[ticket.Element]ticket.Answer{lacks[0]: {Value: value}}, Questions: map[string][]string{}, Say: ticket.Say{Text: value, Channel: ticket.Portal}}
		if _, err := h.Tickets.Do(ctx, own, ticket.Target{ID: t.ID}, answer); err != nil {
			return fmt.Errorf("demo: answer %s: %w", t.Ref(), err)
		}
	}
	return nil
}

// callDemo takes a call down whose record was sent to the caller, and promises another one.
func (h *House) callDemo(ctx context.Context, c *cast, by access.Actor) error {
	i := 0
	for i < len(c.requesters)-1 && (c.requesters[i].Phone == "" || c.requesters[i].Lang != "zh-CN") {
		i++
	}
	who := c.requesters[i]
	_, _, err := h.Tickets.Record(ctx, by, ticket.Request{
		Requester: who.ID, Channel: ticket.Phone, Group: c.groups["服务台"],
		Intake: map[ticket.Element]ticket.Answer{
			ticket.Since: {Value: "今天上班起"}, ticket.Affected: {Value: "发货单打印"}, ticket.People: {Value: "一个小组"}, ticket.Wanted: {Value: "今天发车前"},
		},
		Say: ticket.Say{Text: "发货口的标签机一直缺纸报警，纸是满的，重启两次了还是这样", Channel: ticket.Phone, Seconds: 174},
	}, ticket.AskReadBack{},
		ticket.CallRecord{Incoming: true, Say: ticket.Say{Text: "已记录，先换一卷纸试试，半小时后回电", Channel: ticket.Phone, Seconds: 174}},
		ticket.PromiseCall{At: c.now.Add(30 * time.Minute), Number: who.Phone, Who: person.ID(by.ID)})
	if err != nil {
		return fmt.Errorf("demo: call: %w", err)
	}
	return nil
}
