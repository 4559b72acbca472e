// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// rating is what the card for the requester's opinion shows.
type rating struct {
	Open    bool   // it is asked for: the requester has confirmed, not long ago
	Score   string // what is chosen: what was said, or what the link of a letter names
	Comment string
	Said    string // the opinion in words, once there is one
}

// rating gathers it. A link that names a score chooses it and sends nothing: pressing does (S04).
func (f *Faces) rating(c *page.Ctx, t ticket.Ticket) rating {
	if !mine(c, t) || !t.Rateable(c.Now) {
		return rating{}
	}
	r := rating{Open: true}
	if said := t.Detail.Rating; said.Score != 0 {
		r.Score, r.Comment = strconv.Itoa(said.Score), said.Comment
		r.Said = c.T("portal.rated", "Word", scoreWord(c, said.Score), "Score", said.Score)
	}
	if n := c.QueryInt("rate"); n >= ticket.MinScore && n <= ticket.MaxScore {
		r.Score = strconv.FormatInt(n, 10)
	}
	return r
}

func scoreWord(c *page.Ctx, score int) string { return c.T("portal.score_" + strconv.Itoa(score)) }

// scores are the choices, best first, as people read them.
func scores(f page.Frame) []ui.Option {
	var out []ui.Option
	for n := ticket.MaxScore; n >= ticket.MinScore; n-- {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: f.T("portal.score_" + strconv.Itoa(n))})
	}
	return out
}

// rate takes the requester's opinion. The last one counts.
func (f *Faces) rate(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "act", "score", "comment")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.Rate{Score: int(form.Int("score")), Comment: form.Get("comment")}, "portal.rate_thanks")
}
