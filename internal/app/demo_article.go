// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// demoArticle is an article of the sample desk.
type demoArticle struct {
	Key      string
	Like     string // the one that it says again in another language
	Story    string // what it solves
	Lang     string
	Category string
	Audience string // everybody where empty
	Group    string
	Title    string
	Body     string
}

// authors of the sample articles, and who reads them.
const (
	demoAuthor   = "chen.li@qinglan.example"
	demoReviewer = "zhou.min@qinglan.example"
)

// castArticles writes the sample articles and has them reviewed by somebody else.
func (h *House) castArticles(ctx context.Context, c *cast) error {
	c.articles, c.solving = map[string]knowledge.ID{}, map[string]knowledge.ID{}
	author, reviewer := staffActor(c.staff[demoAuthor]), staffActor(c.staff[demoReviewer])
	for _, x := range c.script.Articles {
		m := knowledge.Manuscript{
			Lang: x.Lang, Like: c.articles[x.Like],
			Content: knowledge.Content{Title: x.Title, Body: x.Body, Category: c.categories[x.Category], Audience: knowledge.Public},
		}
		if x.Audience != "" {
			m.Audience, m.Group = knowledge.Audience(x.Audience), c.groups[x.Group]
		}
		by, to := author, reviewer
		if m.Audience == knowledge.Group { // of a group, by its own
			who := c.members[m.Group]
			by, to = staffActor(who[0]), staffActor(who[1])
		}
		a, err := h.Knowledge.Save(ctx, by, m)
		if err == nil {
			_, err = h.Knowledge.Submit(ctx, by, a.ID, 0, person.ID(to.ID))
		}
		if err == nil {
			_, err = h.Knowledge.Publish(ctx, to, a.ID, knowledge.Release{Months: 6, Sure: true})
		}
		if err != nil {
			return fmt.Errorf("article %s: %w", x.Key, err)
		}
		c.articles[x.Key] = a.ID
		if x.Story != "" {
			c.solving[x.Story] = a.ID
		}
	}
	return nil
}

// useArticle says, on two of three tickets, that the article of their story was used.
func (l *life) useArticle() {
	which, ok := l.c.solving[l.story.Key]
	if !ok {
		return
	}
	if l.c.used++; l.c.used%3 == 0 {
		return
	}
	by := staffActor(l.agent)
	l.steps = append(l.steps, step{at: l.at, play: l.play, also: func(ctx context.Context, h *House, on ticket.ID) error {
		a, err := h.Knowledge.Read(ctx, by, which)
		if err != nil { // of a group that whoever solved it does not belong to
			return nil //nolint:nilerr // then they did not use it
		}
		return h.Knowledge.Use(ctx, by, a.ID, ticket.Target{ID: on}, knowledge.UsedOn)
	}})
}

// readArticles lets requesters read and say what they think, day by day, and leaves on the desk
// what is still to be done about articles.
func (h *House) readArticles(ctx context.Context, moving *clock.Manual, c *cast) error {
	rnd := chance(7_021)
	readers := c.requesters
	for day := demoWeeks * 7; day > 0; day-- {
		moving.Set(c.now.Add(-time.Duration(day)*24*time.Hour + 3*time.Hour))
		for _, x := range c.script.Articles {
			if x.Audience != "" || x.Lang == "en" && rnd.below(3) > 0 {
				continue
			}
			which := c.articles[x.Key]
			for range rnd.below(5) {
				h.Knowledge.Shown(which, pick(&rnd, readers).ID)
			}
			if rnd.below(9) == 0 {
				if err := h.sayOfArticle(ctx, &rnd, pick(&rnd, readers), which); err != nil {
					return err
				}
			}
		}
	}
	moving.Set(c.now.Add(-2 * time.Hour))
	if err := h.Knowledge.Keep(ctx); err != nil {
		return err
	}
	return h.leaveArticles(ctx, c)
}

func (h *House) sayOfArticle(ctx context.Context, rnd *chance, who person.Person, which knowledge.ID) error {
	what, comment := knowledge.SolvedIt, ""
	switch rnd.below(8) {
	case 0:
		what, comment = knowledge.WasHelp, "步骤清楚，照着做就好了"
	case 1:
		what, comment = knowledge.Unhelped, "第三步的菜单和我电脑上的不一样"
	}
	if what != knowledge.SolvedIt && rnd.below(3) > 0 {
		comment = ""
	}
	_, err := h.Knowledge.Tell(ctx, access.Actor{ID: int64(who.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}, which, what, comment)
	return err
}

// leaveArticles leaves a new wording in review, one that is to be read, and a draft of a ticket.
func (h *House) leaveArticles(ctx context.Context, c *cast) error {
	author, reviewer := staffActor(c.staff[demoAuthor]), staffActor(c.staff[demoReviewer])
	wifi, err := h.Knowledge.Open(ctx, reviewer, c.articles["wifi"])
	if err != nil {
		return err
	}
	content := wifi.Live.Content
	content.Body += "\n\n## 视频会议\n\n开视频会议请插网线：每间会议室的桌下有蓝色网线。"
	content.Change = "补充：开视频会议插网线"
	if _, err = h.Knowledge.Save(ctx, reviewer, knowledge.Manuscript{ID: wifi.ID, Content: content}); err != nil {
		return err
	}
	if _, err = h.Knowledge.Submit(ctx, reviewer, wifi.ID, 0, person.ID(author.ID)); err != nil {
		return err
	}
	if _, err = h.Knowledge.AskToRead(ctx, reviewer, c.articles["vpn"]); err != nil {
		return err
	}
	return h.drawDemo(ctx, author)
}

// drawDemo makes a draft of the last ticket that was closed with a solution.
func (h *House) drawDemo(ctx context.Context, by access.Actor) error {
	p, err := h.Tickets.List(ctx, by, ticket.Filter{View: ticket.Done, Limit: 30})
	if err != nil {
		return err
	}
	for _, t := range p.Tickets {
		if t.ClosedAs != ticket.Confirmed {
			continue
		}
		m, err := h.Knowledge.Draw(ctx, by, ticket.Target{ID: t.ID}, "zh")
		if err == nil {
			_, err = h.Knowledge.Save(ctx, by, m)
		}
		return err
	}
	return nil
}
