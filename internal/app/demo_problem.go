// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// learnDemo lets the radar look at the sample weeks, makes a known error of one matter, and holds
// a review of what else there is: all by the commands that a lead would use.
func (h *House) learnDemo(ctx context.Context, moving *clock.Manual, c *cast) error {
	lead := staffActor(c.lead())
	moving.Set(c.now.Add(-16 * 24 * time.Hour))
	p, err := h.knownDemo(ctx, c, lead)
	if err != nil {
		return fmt.Errorf("demo: known error: %w", err)
	}
	if err := h.improveDemo(ctx, c, lead, p); err != nil {
		return fmt.Errorf("demo: improvements: %w", err)
	}
	moving.Set(c.now)
	if err := h.Problems.Refresh(ctx); err != nil {
		return fmt.Errorf("demo: radar: %w", err)
	}
	return h.meetDemo(ctx, c, lead, p)
}

// knownDemo makes a known error of the tickets about VPN that drops.
func (h *House) knownDemo(ctx context.Context, c *cast, lead access.Actor) (problem.Problem, error) {
	filed := c.categories[c.storyOf("vpn-drop").Category]
	all, err := h.Tickets.Firsts(ctx, math.MaxInt64, 500)
	if err != nil {
		return problem.Problem{}, err
	}
	var about []ticket.ID
	for _, t := range all {
		if strings.Contains(t.Subject+t.Words, "VPN") {
			about = append(about, t.ID)
		}
	}
	owner := c.staff["chen.li@qinglan.example"].ID
	p, err := h.Problems.Open(ctx, lead, problem.Draft{
		Title: "VPN 早高峰频繁掉线 · VPN drops in the morning peak", Category: filed, Owner: owner,
		Cause:      "主网关的并发会话许可只有 200 个，早高峰用尽后旧会话被踢掉。",
		Workaround: "让用户改连备用网关 vpn2.qinglan.example；不要重装客户端，重装不解决问题。",
		Reply:      "早高峰时主线路会占满，请在 VPN 客户端里把服务器改为 vpn2.qinglan.example 再连接，可以正常办公。我们正在扩容，完成后会告诉您。",
		Fix:        "把并发会话许可扩到 500 个",
	}, about[:min(len(about), 12)]...)
	if err != nil {
		return p, err
	}
	if p, err = h.Problems.Move(ctx, lead, p.ID, 0, problem.Investigating, ""); err != nil {
		return p, err
	}
	return h.Problems.Move(ctx, lead, p.ID, 0, problem.Known, "网关日志证实：09:05 起会话数到 200 后开始踢人")
}

// improveDemo fills the register: one that is done, one under way, one that is overdue.
func (h *House) improveDemo(ctx context.Context, c *cast, lead access.Actor, p problem.Problem) error {
	owner, now := c.staff["chen.li@qinglan.example"].ID, h.Clock.Now()
	for _, x := range []struct {
		plan problem.Plan
		to   problem.Progress
	}{
		{problem.Plan{Title: "VPN 网关会话许可扩容到 500", Why: "早高峰会话数到顶", Owner: owner, Due: now.AddDate(0, 0, 25), Problem: p.ID}, problem.Doing},
		{problem.Plan{Title: "密码过期前七天提醒", Why: "密码锁定的工单每周都有", Owner: owner, Due: now.AddDate(0, 0, 13), Words: []string{"密码", "password"}}, problem.Planned},
		{problem.Plan{Title: "三楼打印机换进纸轮", Why: "卡纸反复出现", Owner: person.ID(lead.ID), Due: now.AddDate(0, 0, 2), Words: []string{"打印机", "printer"}}, problem.Done},
	} {
		i, err := h.Problems.Improve(ctx, lead, x.plan)
		if err == nil && x.to != problem.Planned {
			_, err = h.Problems.SaveImprovement(ctx, lead, i.ID, 0, x.plan, x.to, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// meetDemo calls the review of the month and records a first decision.
func (h *House) meetDemo(ctx context.Context, c *cast, lead access.Actor, p problem.Problem) error {
	now := h.Clock.Now().In(h.zone(ctx))
	which, err := h.Problems.CallMonth(ctx, lead)
	if err != nil {
		return err
	}
	_, err = h.Problems.Decide(ctx, lead, which, problem.Decision{
		Item: problem.Item("problem", p.ID), About: p.ID.Ref() + " " + p.Title, Text: "扩容完成后一周看掉线工单是否归零", Owner: c.staff["chen.li@qinglan.example"].ID, Due: now.AddDate(0, 0, 16).UTC(),
	})
	return err
}

// storyOf is a story by its key.
func (c *cast) storyOf(key string) story {
	for _, s := range c.script.Stories {
		if s.Key == key {
			return s
		}
	}
	return story{}
}
